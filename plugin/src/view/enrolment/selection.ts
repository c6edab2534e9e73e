import { canTick, type EnrolmentRow } from './rows';

/** Keys of the ticked rows. */
export type Selection = ReadonlySet<string>;

export type Ticked = 'none' | 'some' | 'all';

/** How many of these can be ticked, and whether none, some or all of them are. */
export function tickedOf(rows: readonly EnrolmentRow[], selection: Selection): { ticked: Ticked; tickable: number } {
  const keys = rows.filter(canTick).map(({ key }) => key);
  const count = keys.filter((key) => selection.has(key)).length;
  return { ticked: count === 0 ? 'none' : count === keys.length ? 'all' : 'some', tickable: keys.length };
}

/** Ticks all of these that can be ticked; where all are, none of them. */
export function toggled(selection: Selection, rows: readonly EnrolmentRow[]): Selection {
  const keys = rows.filter(canTick).map(({ key }) => key);
  const next = new Set(selection);
  const isOff = tickedOf(rows, selection).ticked === 'all';
  for (const key of keys)
    if (isOff) next.delete(key);
    else next.add(key);
  return next;
}

/** What is really enrolled: ticked rows that are still there and still not watched. */
export const chosen = (rows: readonly EnrolmentRow[], selection: Selection): EnrolmentRow[] =>
  rows.filter((row) => selection.has(row.key) && canTick(row));
