import { orNaN } from '../packed.ts';
import { dayOf } from '../postgres/days.ts';
import { isStorableTime } from '../postgres/partitions.ts';
import { doublesDigest, type Digest } from './checksum.ts';

/** A row as doubles: ts, created_at, is_baseline, then the values in the order of VALUE_COLUMNS, NaN for null. */
export const ROW_WIDTH = 12;
const FIRST_VALUE = 3;
/** Of the values; those that stand as REAL in PostgreSQL. */
const SMALL_WHOLE = [3, 4, 5, 7, 8];

/** The samples of one HPA and day. `day`: its first ms. */
export type SampleDay = { day: number; rows: Float64Array; digest: Digest };

/** Rows of one HPA, ascending, as either database tells them, by day. Rows of times that no partition can be made for are left out. */
export function packDays(records: readonly (readonly (number | null)[])[]): SampleDay[] {
  const days: SampleDay[] = [];
  const storable = records.filter(([ts]) => isStorableTime(ts ?? NaN));
  for (let first = 0; first < storable.length;) {
    const day = dayOf(storable[first]?.[0] ?? 0);
    let end = first;
    while (end < storable.length && dayOf(storable[end]?.[0] ?? 0) === day) end += 1;
    const rows = new Float64Array((end - first) * ROW_WIDTH);
    for (let i = first; i < end; i++) packRow(rows, (i - first) * ROW_WIDTH, storable[i] ?? []);
    days.push({ day, rows, digest: doublesDigest(rows, ROW_WIDTH) });
    first = end;
  }
  return days;
}

function packRow(rows: Float64Array, at: number, record: readonly (number | null)[]): void {
  for (let i = 0; i < FIRST_VALUE; i++) rows[at + i] = record[i] ?? 0;
  // + 0: a zero without a sign, as its text has none.
  for (let i = FIRST_VALUE; i < ROW_WIDTH; i++) rows[at + i] = orNaN(record[i] ?? null) + 0;
  for (const i of SMALL_WHOLE) rows[at + FIRST_VALUE + i] = orNaN(Math.fround(rows[at + FIRST_VALUE + i] ?? NaN));
}

export function baselineRows(rows: Float64Array): number {
  let count = 0;
  for (let at = 2; at < rows.length; at += ROW_WIDTH) if (rows[at] === 1) count += 1;
  return count;
}

/** Texts of the arrays that `unnest` takes, a column each: the HPA, then those of a row. */
export function columnsOf(days: readonly { hpaId: number; rows: Float64Array }[]): string[] {
  const columns: (number | 'NULL')[][] = Array.from({ length: ROW_WIDTH + 1 }, () => []);
  for (const { hpaId, rows } of days)
    for (let at = 0; at < rows.length; at += ROW_WIDTH) {
      columns[0]?.push(hpaId);
      for (let i = 0; i < ROW_WIDTH; i++) {
        const value = rows[at + i] ?? NaN;
        columns[i + 1]?.push(Number.isNaN(value) ? 'NULL' : value);
      }
    }
  return columns.map((column) => `{${column.join(',')}}`);
}
