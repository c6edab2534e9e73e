import { DAY, floorTo, MINUTE } from '../../core/clock.ts';
import { planSpecChanges, UNKNOWN_SPEC } from '../spec-changes.ts';
import { THIN_STEP_MS } from '../retention-cutoffs.ts';
import { dayOf } from './days.ts';
import { partitionsOf } from './partitions.ts';
import { restamp } from './scan-states.ts';
import { replaceSpecs, specsOver } from './specs.ts';
import { TAIL_MS } from './tails.ts';
import type { Sql } from './sql.ts';

/** A stretch of one day and cluster whose minute rows are to go. */
export type Stretch = { day: number; cluster: string; from: number; until: number };

/** How long dropping a day waits for those who read it: everybody who comes meanwhile waits as well. */
const LOCK_MS = 500;

/** The oldest stretch that is due, at most `sliceMs` long; null: all is thinned. */
export async function nextStretch(sql: Sql, thinBefore: number, sliceMs: number): Promise<Stretch | null> {
  const due = await sql.first<{ day: number; cluster: string; from: number }>(
    `SELECT day, cluster, thinned_until AS "from" FROM sample_day
     WHERE samples > 0 AND thinned_until < LEAST($1::bigint, day + ${DAY}) ORDER BY day, cluster LIMIT 1`,
    [thinBefore],
  );
  if (due === null) return null;
  const end = Math.min(thinBefore, due.day + DAY);
  return { ...due, until: Math.min(end, floorTo(due.from, THIN_STEP_MS) + Math.max(THIN_STEP_MS, sliceMs)) };
}

/** Deletes the rows of a stretch that are not on whole 5 minutes. @returns how many */
export async function thin(sql: Sql, { day, cluster, from, until }: Stretch): Promise<number> {
  const affected = await lockRestated(sql, cluster, from, until);
  // Locked before the rows are looked for: whoever writes late rows waits until `thinned_until` is set, and then sets it back.
  await sql.rows('SELECT day FROM sample_day WHERE day = $1 AND cluster = $2 FOR UPDATE', [day, cluster]);
  const gone = await sql.first<{ samples: number; baseline: number }>(
    `WITH gone AS (DELETE FROM sample s USING hpa h WHERE h.id = s.hpa_id AND h.cluster = $1 AND s.ts >= $2 AND s.ts < $3
       AND s.ts % ${THIN_STEP_MS} <> 0 RETURNING s.is_baseline)
     SELECT COUNT(*) AS samples, COALESCE(SUM(is_baseline), 0) AS baseline FROM gone`,
    [cluster, from, until],
  );
  await restate(sql, affected, from, until);
  await sql.run(
    `UPDATE sample_day SET samples = samples - $3, baseline_samples = baseline_samples - $4,
       thinned_until = CASE WHEN thinned_until = $5::bigint THEN $6::bigint ELSE thinned_until END
     WHERE day = $1 AND cluster = $2`,
    [day, cluster, gone?.samples ?? 0, gone?.baseline ?? 0, from, until],
  );
  return gone?.samples ?? 0;
}

/** HPAs of which more changes than old rows: a change of spec stands at a row that goes, or their newest rows are among those that go. */
async function lockRestated(sql: Sql, cluster: string, from: number, until: number): Promise<number[]> {
  if ((await restatedBy(sql, cluster, from, until)).length === 0) return [];
  await restamp(sql, [cluster]);
  // Again: nobody writes to them from here on.
  return restatedBy(sql, cluster, from, until);
}

async function restatedBy(sql: Sql, cluster: string, from: number, until: number): Promise<number[]> {
  const found = await sql.rows<{ hpa_id: number }>(
    `SELECT s.hpa_id FROM scan_state s JOIN hpa h ON h.id = s.hpa_id LEFT JOIN scan_pace p ON p.cluster = h.cluster
     CROSS JOIN LATERAL (SELECT GREATEST(s.newest_ts, CASE WHEN s.in_pace = 1 THEN p.newest_ts END) AS ts) n
     WHERE h.cluster = $1 AND ((n.ts >= $2 AND n.ts < $3::bigint + ${TAIL_MS})
       OR s.hpa_id IN (SELECT c.hpa_id FROM spec_change c WHERE c.ts >= $2 AND c.ts < $3 AND c.ts % ${THIN_STEP_MS} <> 0))
     ORDER BY s.hpa_id`,
    [cluster, from, until],
  );
  return found.map(({ hpa_id }) => hpa_id);
}

/** Rows are gone from `from` to before `until`: moves the changes among them to the rows that are left. */
async function restate(sql: Sql, hpaIds: readonly number[], from: number, until: number): Promise<void> {
  if (hpaIds.length === 0) return;
  const next = await sql.rows<{ id: number; ts: number | null }>(
    `SELECT w.id, (SELECT MIN(s.ts) FROM sample s WHERE s.hpa_id = w.id AND s.ts >= $2) AS ts FROM unnest($1::bigint[]) AS w (id)`,
    [hpaIds, until],
  );
  const times = new Map<number, number[]>(hpaIds.map((id) => [id, []]));
  const left = await sql.rows<{ hpa_id: number; ts: number }>(
    'SELECT hpa_id, ts FROM sample WHERE hpa_id = ANY($1::bigint[]) AND ts >= $2 AND ts < $3 ORDER BY ts',
    [hpaIds, from, until],
  );
  for (const { hpa_id, ts } of left) times.get(hpa_id)?.push(ts);
  const ranges = next.map(({ id, ts }) => ({ hpaId: id, from: from - 1, to: ts ?? until - 1 }));
  const changes = await specsOver(sql, ranges);
  const replacements = next.map(({ id: hpaId, ts: nextTs }) => {
    const all = changes.get(hpaId) ?? [];
    const old = all.filter(({ ts }) => ts >= from);
    const before = all.findLast(({ ts }) => ts < from)?.spec ?? UNKNOWN_SPEC;
    // A change with no row after it goes too: the next row written states its own spec.
    const planned = planSpecChanges({ before, changes: old, given: [], stored: times.get(hpaId) ?? [], nextTs });
    return { hpaId, old, planned };
  });
  await replaceSpecs(sql, replacements);
}

/**
 * Drops the oldest day that ended before `before`; null: there is none. Of a plain table the rows of one of its clusters.
 * @returns how many rows went
 * @throws AgentError `storage/busy` where somebody reads for too long
 */
export const dropDay = (sql: Sql, before: number, partitioned: boolean): Promise<number | null> =>
  partitioned ? dropPartition(sql, before) : deleteDay(sql, before);

async function dropPartition(sql: Sql, before: number): Promise<number | null> {
  const [oldest] = await partitionsOf(sql);
  if (oldest === undefined || oldest.day + DAY > before) return null;
  // The table first: a writer who holds rows of sample_day may be waiting for it.
  await sql.script(`SET LOCAL lock_timeout = ${LOCK_MS}; DROP TABLE ${oldest.name}`);
  const gone = await sql.first<{ samples: number }>(
    `WITH gone AS (DELETE FROM sample_day WHERE day = $1 RETURNING samples) SELECT COALESCE(SUM(samples), 0) AS samples FROM gone`,
    [oldest.day],
  );
  return gone?.samples ?? 0;
}

async function deleteDay(sql: Sql, before: number): Promise<number | null> {
  const oldest = await sql.first<{ day: number; cluster: string }>(
    `SELECT day, cluster FROM sample_day WHERE day + ${DAY} <= $1 ORDER BY day, cluster LIMIT 1 FOR UPDATE`,
    [before],
  );
  if (oldest === null) return null;
  const { day, cluster } = oldest;
  const deleted = await sql.run(
    'DELETE FROM sample s USING hpa h WHERE h.id = s.hpa_id AND h.cluster = $1 AND s.ts >= $2 AND s.ts < $3',
    [cluster, day, day + DAY],
  );
  await sql.run('DELETE FROM sample_day WHERE day = $1 AND cluster = $2', [day, cluster]);
  return deleted;
}

/** Drops what no row needs that is kept, from `expireBefore` on: changes before the one in force there, gaps nobody will fill. */
export async function compact(sql: Sql, expireBefore: number): Promise<void> {
  // Days go as a whole.
  const oldestKept = dayOf(expireBefore);
  await sql.run(
    `DELETE FROM spec_change c WHERE c.ts < $1
       AND EXISTS (SELECT 1 FROM spec_change d WHERE d.hpa_id = c.hpa_id AND d.ts > c.ts AND d.ts <= $1)`,
    [oldestKept],
  );
  await sql.run(
    `DELETE FROM revision_change r WHERE r.ts < $1
       AND EXISTS (SELECT 1 FROM revision_change e WHERE e.hpa_id = r.hpa_id AND e.ts > r.ts AND e.ts < $1)`,
    [expireBefore],
  );
  const firstKept = Math.ceil(expireBefore / MINUTE) * MINUTE;
  await sql.run('DELETE FROM gap WHERE to_ts < $1', [firstKept]);
  await sql.run('UPDATE gap SET from_ts = $1 WHERE from_ts < $1', [firstKept]);
  await forgetOldEnds(sql, oldestKept);
}

/** What agents know of the rows of HPAs whose newest are gone by now is not true any more. */
async function forgetOldEnds(sql: Sql, oldestKept: number): Promise<void> {
  const found = await sql.rows<{ cluster: string }>(
    `SELECT h.cluster FROM scan_state s JOIN hpa h ON h.id = s.hpa_id WHERE s.in_pace = 0 AND s.newest_ts < $1
     UNION SELECT cluster FROM scan_pace WHERE newest_ts < $1`,
    [oldestKept],
  );
  await restamp(
    sql,
    found.map(({ cluster }) => cluster),
  );
  await sql.run('UPDATE scan_state SET newest_ts = NULL WHERE in_pace = 0 AND newest_ts < $1', [oldestKept]);
  await sql.run('UPDATE scan_pace SET newest_ts = NULL WHERE newest_ts < $1', [oldestKept]);
}
