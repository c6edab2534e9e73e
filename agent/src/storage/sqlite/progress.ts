import type { Database } from 'better-sqlite3';
import type { BaselineStatus } from '../../domain/baseline.ts';
import { SELECT_HPA, toHpa, type HpaRecord } from '../hpa-record.ts';
import type { StoredHpa } from '../store.ts';

/** How far the collection of each HPA has come: the cursor of its scans and its baseline. */
export function progressStatements(db: Database) {
  // Never back, but where it stands in the future: there a clock that was wrong has put it.
  const moveCursor = db.prepare<[number, number, number, number, number]>(
    `UPDATE scan_state SET last_scan_at = ?,
       scanned_until = CASE WHEN scanned_until IS NULL OR scanned_until < ? OR scanned_until > ? THEN ? ELSE scanned_until END
     WHERE hpa_id = ?`,
  );
  const saveBaseline = db.prepare(
    `UPDATE hpa SET baseline_state = ?, baseline_progress = ?, baseline_columns = ?, baseline_coverage = ?,
       baseline_window_end = ?, baseline_attempts = ?, baseline_next_attempt_at = ?, baseline_reason = ?,
       baseline_ready_at = ? WHERE id = ?`,
  );
  const due = db.prepare<[string, number], HpaRecord>(
    `${SELECT_HPA} WHERE h.cluster = ? AND h.enrolled = 1 AND h.active = 1 AND (h.baseline_state IN ('queued', 'running')
       OR (h.baseline_state IN ('partial', 'failed') AND h.baseline_next_attempt_at <= ?))
     ORDER BY h.namespace, h.name`,
  );
  return {
    /** Forward only; the scan itself is noted in any case. */
    moveCursor(hpaId: number, scannedUntil: number, now: number): void {
      moveCursor.run(now, scannedUntil, now, scannedUntil, hpaId);
    },
    saveBaseline(updates: { hpaId: number; status: BaselineStatus }[]): void {
      for (const { hpaId, status: s } of updates) {
        const columns = JSON.stringify(s.columns);
        saveBaseline.run(
          ...[s.state, s.progress, columns, s.coverage, s.windowEnd, s.attempts, s.nextAttemptAt, s.reason, s.readyAt],
          hpaId,
        );
      }
    },
    dueBackfills: (cluster: string, now: number): StoredHpa[] => due.all(cluster, now).map(toHpa),
  };
}
