import type { AnomalyView } from '../contract/api.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import { iso, isoOrNull } from './time-text.ts';

export const presentAnomaly = (anomaly: Anomaly): AnomalyView => ({
  id: anomaly.id,
  kind: anomaly.kind,
  severity: anomaly.severity,
  state: anomaly.state,
  cluster: anomaly.key.cluster,
  namespace: anomaly.key.namespace,
  hpa: anomaly.key.hpa,
  started_at: iso(anomaly.startedAt),
  fired_at: isoOrNull(anomaly.firedAt),
  last_seen_at: iso(anomaly.lastSeenAt),
  ended_at: isoOrNull(anomaly.endedAt),
  metric: anomaly.metric,
  direction: anomaly.direction,
  observed: anomaly.observed,
  band: anomaly.band && { expected: anomaly.band.expected, lower: anomaly.band.lower, upper: anomaly.band.upper },
  score: anomaly.score,
  sentence: anomaly.sentence,
  advice: anomaly.advice,
  promql: anomaly.promql,
  parent_id: anomaly.parentId,
  cluster_event_id: anomaly.clusterEventId,
  acknowledged_at: isoOrNull(anomaly.acknowledgedAt),
  excluded: anomaly.excluded,
});
