import {
  externalAverageReplicas,
  externalValueReplicas,
  resourceReplicas,
  type PodObservation,
  type Proposal,
} from './replica-calculator.ts';
import { limit, remember, stabilize, type Bounds, type Recommendation, type ScaleEvent } from './scaling-rules.ts';
import type { MetricSpec } from './spec.ts';

/** --horizontal-pod-autoscaler-sync-period */
export const SYNC_PERIOD_MS = 15_000;

export type ConditionStatus = 'true' | 'false' | 'unknown';
export type Conditions = {
  ableToScale: ConditionStatus;
  scalingActive: ConditionStatus;
  scalingLimited: ConditionStatus;
};

/** The status of an HPA as `kubectl get hpa -o yaml` shows it. */
export type HpaStatus = {
  currentReplicas: number;
  desiredReplicas: number;
  /** In the order of the spec's metrics; null where the status says nothing of the metric. */
  metrics: readonly (Proposal | null)[];
  conditions: Conditions;
};

/** What the controller remembers between two syncs. */
export type ControllerState = {
  recommendations: readonly Recommendation[];
  up: readonly ScaleEvent[];
  down: readonly ScaleEvent[];
  status: HpaStatus;
};

export type HpaSettings = Bounds & {
  metrics: readonly MetricSpec[];
  podCpuRequest: number | null;
  podMemoryRequest: number | null;
};

export type Observation = {
  /** `spec.replicas` of the target. */
  replicas: number;
  pods: readonly PodObservation[];
  /** metrics-server and the custom metrics API answer. */
  metricsAnswer: boolean;
  /** Value of each external metric, in the order of the spec's metrics; null for the others. */
  externals: readonly (number | null)[];
};

/** What a controller knows of an HPA that it sees for the first time. */
export const initialState = (replicas: number, metrics: number, now: number): ControllerState => ({
  recommendations: [{ at: now, replicas }],
  up: [],
  down: [],
  status: {
    currentReplicas: replicas,
    desiredReplicas: replicas,
    metrics: Array.from({ length: metrics }, () => null),
    conditions: { ableToScale: 'true', scalingActive: 'unknown', scalingLimited: 'unknown' },
  },
});

function propose(
  metric: MetricSpec,
  index: number,
  settings: HpaSettings,
  seen: Observation,
  now: number,
): Proposal | null {
  if (!seen.metricsAnswer) return null;
  if (metric.source === 'resource') {
    const request = metric.name === 'cpu' ? settings.podCpuRequest : settings.podMemoryRequest;
    return resourceReplicas(metric.name, metric.target, request, seen.pods, seen.replicas, now);
  }
  const total = seen.externals[index];
  if (total === null || total === undefined) return null;
  if (metric.type === 'average') return externalAverageReplicas(metric.target, total, seen.replicas);
  return externalValueReplicas(metric.target, total, seen.pods, seen.replicas);
}

/**
 * One sync of one HPA, pure: what it sees and remembers -> the size it wants for the target and what it remembers next.
 * Source: reconcileAutoscaler and computeReplicasForMetrics in pkg/controller/podautoscaler/horizontal.go of kubernetes/kubernetes.
 */
export function step(
  settings: HpaSettings,
  state: ControllerState,
  seen: Observation,
  now: number,
): { state: ControllerState; replicas: number } {
  const { min, max, metrics } = settings;
  const conditions = { ...state.status.conditions, ableToScale: 'true' as ConditionStatus };
  const none = metrics.map(() => null);

  // Autoscaling is switched off for a target somebody set to zero.
  if (seen.replicas === 0 && min !== 0) {
    conditions.scalingActive = 'false';
    const status = { currentReplicas: 0, desiredReplicas: 0, metrics: none, conditions };
    return { state: { ...state, status }, replicas: 0 };
  }
  // Out of bounds: straight to the bound, without asking any metric.
  if (seen.replicas > max || seen.replicas < min) {
    const replicas = seen.replicas > max ? max : min;
    return { state: rescaled(state, seen.replicas, replicas, none, conditions, settings, now), replicas };
  }

  const proposals = metrics.map((metric, index) => propose(metric, index, settings, seen, now));
  const valid = proposals.filter((proposal) => proposal !== null);
  const wanted = Math.max(0, ...valid.map(({ replicas }) => replicas));
  // Without any metric, or with one missing while the others would scale down, it does nothing and says so.
  if (valid.length === 0 || (valid.length < metrics.length && wanted < seen.replicas)) {
    conditions.scalingActive = 'false';
    const status = { ...state.status, currentReplicas: seen.replicas, conditions };
    return { state: { ...state, status }, replicas: seen.replicas };
  }

  conditions.scalingActive = 'true';
  const stabilized = stabilize(wanted, seen.replicas, state.recommendations, settings.behavior, now);
  const { replicas, reason } = limit(stabilized, seen.replicas, settings, state, now);
  conditions.scalingLimited = reason === 'DesiredWithinRange' ? 'false' : 'true';
  const recommendations = remember(state.recommendations, wanted, settings.behavior, now);
  return {
    state: rescaled({ ...state, recommendations }, seen.replicas, replicas, proposals, conditions, settings, now),
    replicas,
  };
}

function rescaled(
  state: ControllerState,
  from: number,
  to: number,
  metrics: readonly (Proposal | null)[],
  conditions: Conditions,
  { behavior }: HpaSettings,
  now: number,
): ControllerState {
  const status = { currentReplicas: from, desiredReplicas: to, metrics, conditions };
  if (to === from) return { ...state, status };
  const longest = Math.max(
    ...[...behavior.scaleUp.policies, ...behavior.scaleDown.policies].map(({ periodMs }) => periodMs),
  );
  const recent = (events: readonly ScaleEvent[]) => events.filter(({ at }) => at > now - longest);
  const event = { at: now, change: Math.abs(to - from) };
  return to > from
    ? { ...state, status, up: [...recent(state.up), event] }
    : { ...state, status, down: [...recent(state.down), event] };
}
