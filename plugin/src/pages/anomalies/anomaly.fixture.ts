import type { AnomalyView } from '@hpa-watch/agent/contract';

/** 2026-01-05 12:00 UTC */
export const NOON = Date.UTC(2026, 0, 5, 12);
export const MINUTE = 60_000;

export const at = (minutes: number): string => new Date(NOON + minutes * MINUTE).toISOString();

/** From `from` to `to` (minutes after noon); `to` null: it goes on. */
export const anomalyOf = (
  id: string,
  from: number,
  to: number | null,
  change: Partial<AnomalyView> = {},
): AnomalyView => ({
  id,
  kind: 'cpu_deviation',
  severity: 'warning',
  state: to === null ? 'firing' : 'resolved',
  cluster: 'lab',
  namespace: 'shop',
  hpa: 'api',
  started_at: at(from),
  fired_at: at(from),
  last_seen_at: at(to ?? from),
  ended_at: to === null ? null : at(to),
  metric: 'cpu',
  direction: 'over',
  observed: 164,
  band: null,
  score: 5,
  sentence: 'CPU of shop/api is 164 % of request.',
  advice: null,
  promql: 'up',
  parent_id: null,
  cluster_event_id: null,
  acknowledged_at: null,
  excluded: false,
  ...change,
});
