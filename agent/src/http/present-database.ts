import type { StatusAnswer } from '../contract/api.ts';
import { rebuiltSentence, type Rebuilt } from '../storage/sqlite/rebuilt-report.ts';
import type { BufferState } from '../storage/spool/buffered-store.ts';
import type { DatabaseCounts } from '../storage/store.ts';
import { iso, isoOrNull } from './time-text.ts';

const BYTES_PER_MB = 1_000_000;
const mb = (bytes: number): number => Math.round((bytes / BYTES_PER_MB) * 100) / 100;

export const presentDatabase = (
  { total, baseline, monitoring, bytes, oldest, exact }: DatabaseCounts,
  rebuilt: Rebuilt | null,
  buffer: BufferState | null,
): StatusAnswer['database'] => ({
  total_snapshots: total,
  baseline_snapshots: baseline,
  monitoring_snapshots: monitoring,
  size_mb: mb(bytes),
  oldest_snapshot: isoOrNull(oldest),
  exact,
  away: buffer?.away ? { since: iso(buffer.away.since), reason: buffer.away.reason } : null,
  buffer: buffer && {
    batches: buffer.batches,
    size_mb: mb(buffer.bytes),
    limit_mb: mb(buffer.maxBytes),
    is_full: buffer.isFull,
  },
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
