import type { BaselineStatus } from '../domain/baseline.ts';
import { coverageOf, metricTargetsOf } from './stored-json.ts';
import type { StoredHpa } from './store.ts';

export type HpaRecord = {
  id: number;
  cluster: string;
  namespace: string;
  name: string;
  active: number;
  enrolled_at: number;
  timezone: string | null;
  muted_until: number | null;
  normal_since: number | null;
  target_kind: string | null;
  target_name: string | null;
  metrics: string;
  seen_at: number | null;
  gone_since: number | null;
  last_scan_at: number | null;
  scanned_until: number | null;
  baseline_state: BaselineStatus['state'];
  baseline_progress: number;
  baseline_columns: string;
  baseline_coverage: number | null;
  baseline_window_end: number | null;
  baseline_attempts: number;
  baseline_next_attempt_at: number | null;
  baseline_reason: string | null;
  baseline_ready_at: number | null;
};

/** Everything of an HPA; `h` and `s` may be used in conditions. */
export const SELECT_HPA = 'SELECT h.*, s.last_scan_at, s.scanned_until FROM hpa h JOIN scan_state s ON s.hpa_id = h.id';

export const toHpa = (r: HpaRecord): StoredHpa => ({
  id: r.id,
  cluster: r.cluster,
  namespace: r.namespace,
  hpa: r.name,
  active: r.active === 1,
  enrolledAt: r.enrolled_at,
  timezone: r.timezone,
  mutedUntil: r.muted_until,
  normalSince: r.normal_since,
  target: r.target_kind === null || r.target_name === null ? null : { kind: r.target_kind, name: r.target_name },
  metrics: metricTargetsOf(r.metrics),
  seenAt: r.seen_at,
  goneSince: r.gone_since,
  lastScanAt: r.last_scan_at,
  scannedUntil: r.scanned_until,
  baseline: {
    state: r.baseline_state,
    progress: r.baseline_progress,
    columns: coverageOf(r.baseline_columns),
    coverage: r.baseline_coverage,
    windowEnd: r.baseline_window_end,
    attempts: r.baseline_attempts,
    nextAttemptAt: r.baseline_next_attempt_at,
    reason: r.baseline_reason,
    readyAt: r.baseline_ready_at,
  },
});
