import { TS, WIDTH } from '../packed.ts';
import type { SpecChange } from '../spec-changes.ts';
import { addToDays, dayChanges } from './days.ts';
import { changeGaps } from './gaps.ts';
import type { LockedRows, SampleWrite } from './hpa-rows.ts';
import { writeRevisions } from './revisions.ts';
import {
  insertRows,
  mergeValues,
  noChangedRows,
  pushChanged,
  sameValues,
  updateRows,
  valuesOf,
  type ChangedRows,
  type NewRows,
} from './sample-rows.ts';
import { advance, type Advanced } from './scan-states.ts';
import { planSpecWrites } from './spec-writes.ts';
import { latestSpecs, replaceSpecs } from './specs.ts';
import type { Sql } from './sql.ts';
import { storedRows } from './stored-rows.ts';
import { TAIL_MS, tailAfter, type StoredRow, type Tail } from './tails.ts';

export type Written = {
  /** How many rows the batch held of HPAs that there are. */
  rows: number;
  /** What is known of its HPAs, once the transaction is through. */
  tails: Map<number, Tail>;
};

const NOTHING: ReadonlyMap<number, StoredRow> = new Map();

/** One batch, within a transaction. `tails`: what the last writes left behind. */
export async function writeBatch(sql: Sql, batch: SampleWrite, tails: ReadonlyMap<number, Tail>): Promise<Written> {
  const { now, isBaseline, openGaps = [], closeGaps = [], revisions = [] } = batch;
  const states = await advance(sql, batch);
  const isThere = ({ hpaId }: { hpaId: number }) => states.has(hpaId);
  const known = knownTails(states, tails);
  const there = batch.rows
    .filter(isThere)
    .map((rows) => ({ ...rows, newestTs: states.get(rows.hpaId)?.newestBefore ?? -Infinity }));
  const stored = await storedRows(sql, there, known);
  const locked = there.map((rows): LockedRows => ({ ...rows, stored: stored.get(rows.hpaId) ?? NOTHING }));
  const latest = await latestOf(sql, locked, known);
  const specs = await planSpecWrites(sql, locked, latest);
  await replaceSpecs(sql, specs);

  const days = dayChanges();
  const fresh: NewRows[] = [];
  const altered = noChangedRows();
  const after = new Map([...known].map(([hpaId, tail]) => [hpaId, { ...tail, writes: tail.writes + 1 }]));
  for (const rows of locked) {
    const { hpaId, newestTs, first, last } = rows;
    const standing = place(rows, isBaseline, { days, fresh, altered });
    const writes = (states.get(hpaId)?.writesBefore ?? 0) + 1;
    const spec = latest.get(hpaId);
    after.set(hpaId, tailAfter({ writes, spec, first, last, newestTs, rows: standing }, known.get(hpaId)));
  }
  // What their latest change is now is looked up by the next write.
  for (const { hpaId } of specs) after.delete(hpaId);
  await insertRows(sql, fresh, now, isBaseline);
  await updateRows(sql, altered, isBaseline);
  await writeRevisions(sql, revisions.filter(isThere));
  await changeGaps(sql, openGaps.filter(isThere), closeGaps.filter(isThere));
  await addToDays(sql, days.list());
  return { rows: locked.reduce((sum, { rows }) => sum + rows.length / WIDTH, 0), tails: after };
}

/** Those that nobody else has made untrue meanwhile. */
function knownTails(states: ReadonlyMap<number, Advanced>, tails: ReadonlyMap<number, Tail>): Map<number, Tail> {
  const known = new Map<number, Tail>();
  for (const [hpaId, { writesBefore }] of states) {
    const tail = tails.get(hpaId);
    if (tail?.writes === writesBefore) known.set(hpaId, tail);
  }
  return known;
}

/** The latest change of spec of each HPA that has one. */
async function latestOf(
  sql: Sql,
  rows: readonly LockedRows[],
  known: ReadonlyMap<number, Tail>,
): Promise<Map<number, SpecChange>> {
  const unknown = rows.filter(({ hpaId }) => !known.has(hpaId)).map(({ hpaId }) => hpaId);
  const latest = unknown.length > 0 ? await latestSpecs(sql, unknown) : new Map<number, SpecChange>();
  for (const [hpaId, { spec }] of known) if (spec !== undefined) latest.set(hpaId, spec);
  return latest;
}

type Places = { days: ReturnType<typeof dayChanges>; fresh: NewRows[]; altered: ChangedRows };

/** Puts each row where it belongs: among those to insert, those to update, or nowhere, since it brings nothing new. Answers the newest that stand then. */
function place(locked: LockedRows, isBaseline: boolean, places: Places): Map<number, StoredRow> {
  const { hpaId, cluster, rows, last, stored } = locked;
  const { days, fresh } = places;
  if (stored.size > 0) return placeAmong(locked, isBaseline, places);
  fresh.push({ hpaId, rows, at: null });
  const standing = new Map<number, StoredRow>();
  for (let at = 0; at < rows.length; at += WIDTH) {
    const ts = rows[at + TS] ?? 0;
    days.add(cluster, ts, true, isBaseline);
    if (ts >= last - TAIL_MS) standing.set(ts, { values: valuesOf(rows, at), isBaseline });
  }
  return standing;
}

/** The same where some may be there already. */
function placeAmong(
  { hpaId, cluster, rows, stored }: LockedRows,
  isBaseline: boolean,
  { days, fresh, altered }: Places,
): Map<number, StoredRow> {
  const standing = new Map(stored);
  const isNew: number[] = [];
  for (let at = 0; at < rows.length; at += WIDTH) {
    const ts = rows[at + TS] ?? 0;
    const row = stored.get(ts);
    const given = valuesOf(rows, at);
    const values = row ? mergeValues(row.values, given) : given;
    const isMarked = isBaseline && row?.isBaseline !== true;
    if (row === undefined) isNew.push(at);
    else if (isMarked || !sameValues(values, row.values)) pushChanged(altered, hpaId, ts, values);
    days.add(cluster, ts, row === undefined, isMarked);
    standing.set(ts, { values, isBaseline: isBaseline || row?.isBaseline === true });
  }
  if (isNew.length > 0) fresh.push({ hpaId, rows, at: isNew });
  return standing;
}
