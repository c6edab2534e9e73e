import type { Anomaly, AnomalyKind, AnomalyState, ProfiledMetric, Severity } from '../domain/anomaly.ts';

export type AnomalyRecord = {
  id: string;
  hpa_id: number;
  cluster: string;
  namespace: string;
  name: string;
  kind: AnomalyKind;
  severity: Severity;
  state: AnomalyState;
  started_at: number;
  fired_at: number | null;
  last_seen_at: number;
  ended_at: number | null;
  metric: ProfiledMetric | null;
  direction: 'over' | 'under' | null;
  observed: number | null;
  band_expected: number | null;
  band_lower: number | null;
  band_upper: number | null;
  score: number;
  sentence: string;
  advice: string | null;
  promql: string;
  parent_id: string | null;
  cluster_event_id: string | null;
  acknowledged_at: number | null;
  excluded: number;
};

/** Everything of an anomaly; `a` and `h` may be used in conditions. */
export const SELECT_ANOMALY =
  'SELECT a.*, h.cluster, h.namespace, h.name FROM anomaly a JOIN hpa h ON h.id = a.hpa_id WHERE';

export const toAnomaly = (r: AnomalyRecord): Anomaly => ({
  id: r.id,
  hpaId: r.hpa_id,
  key: { cluster: r.cluster, namespace: r.namespace, hpa: r.name },
  kind: r.kind,
  severity: r.severity,
  state: r.state,
  startedAt: r.started_at,
  firedAt: r.fired_at,
  lastSeenAt: r.last_seen_at,
  endedAt: r.ended_at,
  metric: r.metric,
  direction: r.direction,
  observed: r.observed,
  band:
    r.band_expected === null || r.band_lower === null || r.band_upper === null
      ? null
      : { expected: r.band_expected, lower: r.band_lower, upper: r.band_upper },
  score: r.score,
  sentence: r.sentence,
  advice: r.advice,
  promql: r.promql,
  parentId: r.parent_id,
  clusterEventId: r.cluster_event_id,
  acknowledgedAt: r.acknowledged_at,
  excluded: r.excluded === 1,
});

/** The columns in the order of `anomalyValues`. */
export const ANOMALY_COLUMNS = [
  'id',
  'hpa_id',
  'kind',
  'severity',
  'state',
  'started_at',
  'fired_at',
  'last_seen_at',
  'ended_at',
  'metric',
  'direction',
  'observed',
  'band_expected',
  'band_lower',
  'band_upper',
  'score',
  'sentence',
  'advice',
  'promql',
  'parent_id',
  'cluster_event_id',
  'acknowledged_at',
  'excluded',
] as const;

export const anomalyValues = (a: Anomaly): (string | number | null)[] => [
  ...[a.id, a.hpaId, a.kind, a.severity, a.state, a.startedAt, a.firedAt, a.lastSeenAt, a.endedAt],
  ...[a.metric, a.direction, a.observed, a.band?.expected ?? null, a.band?.lower ?? null, a.band?.upper ?? null],
  ...[a.score, a.sentence, a.advice, a.promql, a.parentId, a.clusterEventId, a.acknowledgedAt, a.excluded ? 1 : 0],
];
