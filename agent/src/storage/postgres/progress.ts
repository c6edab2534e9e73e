import type { BaselineStatus } from '../../domain/baseline.ts';
import { toHpa, type HpaRecord } from '../hpa-record.ts';
import type { StoredHpa } from '../store.ts';
import { SELECT_HPA } from './select-hpa.ts';
import type { Sql } from './sql.ts';

type BaselineUpdate = { hpaId: number; status: BaselineStatus };

export async function saveBaseline(sql: Sql, updates: readonly BaselineUpdate[]): Promise<void> {
  // The last word on an HPA counts; in the order of ids, in which everybody locks rows.
  const last = [...new Map(updates.map((update) => [update.hpaId, update])).values()].sort((a, b) => a.hpaId - b.hpaId);
  for (const { hpaId, status: s } of last)
    await sql.run(
      `UPDATE hpa SET baseline_state = $1, baseline_progress = $2, baseline_columns = $3, baseline_coverage = $4,
         baseline_window_end = $5, baseline_attempts = $6, baseline_next_attempt_at = $7, baseline_reason = $8,
         baseline_ready_at = $9 WHERE id = $10`,
      [
        ...[s.state, s.progress, JSON.stringify(s.columns), s.coverage, s.windowEnd, s.attempts, s.nextAttemptAt],
        ...[s.reason, s.readyAt, hpaId],
      ],
    );
}

export const dueBackfills = async (sql: Sql, cluster: string, now: number): Promise<StoredHpa[]> =>
  (
    await sql.rows<HpaRecord>(
      `${SELECT_HPA} WHERE h.cluster = $1 AND h.enrolled = 1 AND h.active = 1
         AND (h.baseline_state IN ('queued', 'running')
           OR (h.baseline_state IN ('partial', 'failed') AND h.baseline_next_attempt_at <= $2))
       ORDER BY h.namespace, h.name`,
      [cluster, now],
    )
  ).map(toHpa);
