import { FIRST_SPEC, tellsPods, TS, WIDTH } from '../packed.ts';
import { planSpecChanges, UNKNOWN_SPEC, type GivenRow, type Spec, type SpecChange } from '../spec-changes.ts';
import type { Sql } from './sql.ts';
import { specsOver, type SpecReplacement } from './specs.ts';
import type { LockedRows } from './hpa-rows.ts';

/** What the rows to be written do to the stored changes of their HPAs. Those whose rows give what is in force need no look-up. */
export async function planSpecWrites(
  sql: Sql,
  rows: readonly LockedRows[],
  latest: ReadonlyMap<number, SpecChange>,
): Promise<SpecReplacement[]> {
  const changing = rows.filter((row) => !givesWhatIsInForce(row, latest.get(row.hpaId)));
  if (changing.length === 0) return [];
  const next = await nextRows(
    sql,
    changing.filter(({ last, newestTs }) => last < newestTs),
  );
  const until = ({ hpaId }: LockedRows) => next.get(hpaId) ?? Number.MAX_SAFE_INTEGER;
  const stored = await specsOver(
    sql,
    changing.map((row) => ({ hpaId: row.hpaId, from: row.first - 1, to: until(row) })),
  );
  return changing.map((row): SpecReplacement => {
    const all = stored.get(row.hpaId) ?? [];
    const old = all.filter(({ ts }) => ts >= row.first);
    const before = all.findLast(({ ts }) => ts < row.first)?.spec ?? UNKNOWN_SPEC;
    const times = [...row.stored.keys()].filter((ts) => ts >= row.first && ts <= row.last).sort((a, b) => a - b);
    // Between rows that are all new, one with the spec of the row before it changes nothing.
    const given = givenRows(row.rows, times.length === 0 ? isChange : () => true);
    const nextTs = next.get(row.hpaId) ?? null;
    const planned = planSpecChanges({ before, changes: old, given, stored: times, nextTs });
    return { hpaId: row.hpaId, old, planned };
  });
}

/** The first stored row after those to be written, of each HPA that has one. */
async function nextRows(sql: Sql, rows: readonly LockedRows[]): Promise<Map<number, number>> {
  if (rows.length === 0) return new Map();
  const found = await sql.rows<{ id: number; ts: number | null }>(
    `SELECT w.id, (SELECT MIN(s.ts) FROM sample s WHERE s.hpa_id = w.id AND s.ts > w.last) AS ts
     FROM unnest($1::bigint[], $2::bigint[]) AS w (id, last)`,
    [rows.map(({ hpaId }) => hpaId), rows.map(({ last }) => last)],
  );
  return new Map(found.flatMap(({ id, ts }): [number, number][] => (ts === null ? [] : [[id, ts]])));
}

/** From the latest change on all rows show its spec, so rows that give just that change nothing, whether stored or new. */
function givesWhatIsInForce({ rows, first }: LockedRows, latest: SpecChange | undefined): boolean {
  if (first < (latest?.ts ?? -Infinity)) return false;
  const spec: Spec = latest?.spec ?? UNKNOWN_SPEC;
  for (let at = FIRST_SPEC; at < rows.length; at += WIDTH)
    for (let i = 0; i < WIDTH - FIRST_SPEC; i++) if (!Object.is(rows[at + i], spec[i])) return false;
  return true;
}

/** Whether a row gives another spec than the row before it. */
function isChange(rows: Float64Array, at: number): boolean {
  if (at === 0) return true;
  for (let i = at + FIRST_SPEC; i < at + WIDTH; i++) if (!Object.is(rows[i], rows[i - WIDTH])) return true;
  return false;
}

function givenRows(rows: Float64Array, matters: (rows: Float64Array, at: number) => boolean): GivenRow[] {
  const given: GivenRow[] = [];
  for (let at = 0; at < rows.length; at += WIDTH) {
    if (!matters(rows, at)) continue;
    const spec = Array.from(rows.subarray(at + FIRST_SPEC, at + WIDTH));
    given.push({ ts: rows[at + TS] ?? 0, spec, tellsPods: tellsPods(rows, at / WIDTH) });
  }
  return given;
}
