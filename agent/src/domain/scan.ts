import type { AgentError } from '../core/errors.ts';

/** What one pass over a cluster did; kept for status and the schedule page. */
export type ScanOutcome = {
  cluster: string;
  startedAt: number;
  durationMs: number;
  result: 'ok' | 'failed' | 'overrun';
  hpas: number;
  rows: number;
  requests: number;
  error: AgentError | null;
  /** What this cluster's metrics lack, as sentences. */
  notes: string[];
};
