import type { StatusAnswer } from '../contract/api.ts';
import type { DatabaseCounts } from '../storage/store.ts';
import { isoOrNull } from './time-text.ts';

const BYTES_PER_MB = 1_000_000;

export const presentDatabase = ({
  total,
  baseline,
  monitoring,
  bytes,
  oldest,
  exact,
}: DatabaseCounts): StatusAnswer['database'] => ({
  total_snapshots: total,
  baseline_snapshots: baseline,
  monitoring_snapshots: monitoring,
  size_mb: Math.round((bytes / BYTES_PER_MB) * 100) / 100,
  oldest_snapshot: isoOrNull(oldest),
  exact,
});
