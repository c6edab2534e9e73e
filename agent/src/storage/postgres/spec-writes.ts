import { allGive, givenRows } from '../given-specs.ts';
import { planSpecChanges, UNKNOWN_SPEC, type SpecChange } from '../spec-changes.ts';
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
    const given = givenRows(row.rows, times.length === 0);
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
  return allGive(rows, latest?.spec ?? UNKNOWN_SPEC);
}
