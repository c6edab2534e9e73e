import type { AnomalyKindName, AnomalyStateName, SeverityName } from './anomalies.ts';

/** What GET /api/v1/events sends (server-sent events): `event:` is `type`, `data:` the whole object. Times are ISO 8601 UTC. */
export type AgentEvent =
  | { type: 'slot'; at: string; index: number; clusters: string[]; start_time: string; end_time: string }
  | {
      type: 'scan';
      at: string;
      cluster: string;
      result: 'ok' | 'failed' | 'overrun';
      duration_ms: number;
      hpas: number;
      rows: number;
      error?: { code: string; message: string };
    }
  | { type: 'forward'; at: string; cluster: string; status: ForwardStatusName; port: number | null; message: string }
  | {
      type: 'backfill';
      at: string;
      cluster: string;
      namespace: string;
      hpa: string;
      state: BaselineStateName;
      /** 0 to 100 */
      progress: number;
      message?: string;
    }
  | { type: 'cluster'; at: string; cluster: string; change: 'added' | 'removed' }
  | {
      type: 'hpa';
      at: string;
      cluster: string;
      namespace: string;
      hpa: string;
      change: 'enrolled' | 'paused' | 'resumed' | 'stopped' | 'gone' | 'back';
    }
  | {
      /** One began to fire, changed or is over. */
      type: 'anomaly';
      at: string;
      id: string;
      cluster: string;
      namespace: string;
      hpa: string;
      kind: AnomalyKindName;
      severity: SeverityName;
      state: AnomalyStateName;
      sentence: string;
    };

export type ForwardStatusName = 'active' | 'starting' | 'waiting' | 'failed' | 'stopped';

/** queued, running: collecting; ready: 70 % and more of what is targeted; partial: less, retried hourly; failed: retried with backoff. */
export type BaselineStateName = 'queued' | 'running' | 'ready' | 'partial' | 'failed';
