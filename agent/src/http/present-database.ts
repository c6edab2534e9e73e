import type { StatusAnswer } from '../contract/api.ts';
import { rebuiltSentence, type Rebuilt } from '../storage/sqlite/rebuilt-report.ts';
import type { DatabaseCounts } from '../storage/store.ts';
import { iso, isoOrNull } from './time-text.ts';

const BYTES_PER_MB = 1_000_000;

export const presentDatabase = (
  { total, baseline, monitoring, bytes, oldest, exact }: DatabaseCounts,
  rebuilt: Rebuilt | null,
): StatusAnswer['database'] => ({
  total_snapshots: total,
  baseline_snapshots: baseline,
  monitoring_snapshots: monitoring,
  size_mb: Math.round((bytes / BYTES_PER_MB) * 100) / 100,
  oldest_snapshot: isoOrNull(oldest),
  exact,
  rebuilt: rebuilt && {
    at: iso(rebuilt.at),
    reason: rebuilt.reason,
    kept_as: rebuilt.keptAs,
    clusters: rebuilt.clusters,
    hpas: rebuilt.hpas,
    samples: rebuilt.samples,
    anomalies: rebuilt.anomalies,
    incomplete: rebuilt.incomplete,
    message: rebuiltSentence(rebuilt),
  },
});
