import type { SampleWrite } from './hpa-rows.ts';
import type { Sql } from './sql.ts';

export type Advanced = {
  /** How often this HPA was written before. */
  writesBefore: number;
  /** The newest row before; -Infinity: there was none. */
  newestBefore: number;
};

/**
 * Locks all HPAs that a batch says anything about, until the transaction ends, and moves what moves with it; those that were purged meanwhile are not
 * among the answer. Cursors never go back, but where one stands in the future: there a clock that was wrong has put it.
 */
export async function advance(sql: Sql, batch: SampleWrite): Promise<Map<number, Advanced>> {
  const { now, rows, cursors = [], openGaps = [], closeGaps = [], revisions = [] } = batch;
  const moves = new Map<number, { newest: number | null; until: number | null }>();
  for (const list of [openGaps, closeGaps, revisions])
    for (const { hpaId } of list) moves.set(hpaId, { newest: null, until: null });
  for (const { hpaId, last } of rows) moves.set(hpaId, { newest: last, until: null });
  for (const { hpaId, scannedUntil } of cursors) {
    const { newest = null, until = null } = moves.get(hpaId) ?? {};
    moves.set(hpaId, { newest, until: Math.max(scannedUntil, until ?? scannedUntil) });
  }
  // In the order of ids, so that rows are mostly locked in it.
  const sorted = [...moves].sort(([a], [b]) => a - b);
  const states = await sql.arrays<[hpaId: number, writes: number, newestBefore: number | null]>(
    `UPDATE scan_state s SET writes = s.writes + 1, newest_before = s.newest_ts, newest_ts = GREATEST(s.newest_ts, w.newest),
       last_scan_at = CASE WHEN w.until IS NULL THEN s.last_scan_at ELSE $4::bigint END,
       scanned_until = CASE WHEN w.until IS NOT NULL AND (s.scanned_until IS NULL OR s.scanned_until < w.until OR s.scanned_until > $4::bigint)
         THEN w.until ELSE s.scanned_until END
     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS w (id, newest, until)
     WHERE s.hpa_id = w.id RETURNING s.hpa_id, s.writes, s.newest_before`,
    [sorted.map(([id]) => id), sorted.map(([, { newest }]) => newest), sorted.map(([, { until }]) => until), now],
  );
  return new Map(
    states.map(([hpaId, writes, newest]) => [hpaId, { writesBefore: writes - 1, newestBefore: newest ?? -Infinity }]),
  );
}
