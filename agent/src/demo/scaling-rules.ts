import type { Behavior, ScalingRules } from './spec.ts';

/**
 * From a recommendation to an allowed number of replicas: stabilisation, rate limits, min and max.
 * Source: normalizeDesiredReplicasWithBehaviors and its callees in pkg/controller/podautoscaler/horizontal.go of
 * kubernetes/kubernetes, and https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
 */
export type Recommendation = { at: number; replicas: number };
/** A change of the target's size; `change` is positive both ways. */
export type ScaleEvent = { at: number; change: number };

export type LimitReason =
  'DesiredWithinRange' | 'ScaleUpLimit' | 'TooManyReplicas' | 'ScaleDownLimit' | 'TooFewReplicas';

/** stabilizeRecommendationWithBehaviors: the lowest (up) or highest (down) recommendation inside the window. */
export function stabilize(
  desired: number,
  current: number,
  recommendations: readonly Recommendation[],
  behavior: Behavior,
  now: number,
): number {
  const up = desired >= current;
  const windowMs = (up ? behavior.scaleUp : behavior.scaleDown).stabilizationMs;
  let stabilized = desired;
  for (const { at, replicas } of recommendations) {
    if (at <= now - windowMs) continue;
    stabilized = up ? Math.min(stabilized, replicas) : Math.max(stabilized, replicas);
  }
  return stabilized;
}

/** What is still needed of the past recommendations, with the newest. */
export function remember(
  recommendations: readonly Recommendation[],
  desired: number,
  behavior: Behavior,
  now: number,
): Recommendation[] {
  const longest = Math.max(behavior.scaleUp.stabilizationMs, behavior.scaleDown.stabilizationMs);
  const kept = recommendations.filter(({ at }) => at >= now - longest);
  kept.push({ at: now, replicas: desired });
  return kept;
}

/** getReplicasChangePerPeriod */
function changeWithin(periodMs: number, events: readonly ScaleEvent[], now: number): number {
  let sum = 0;
  for (const { at, change } of events) if (at > now - periodMs) sum += change;
  return sum;
}

/** calculateScaleUpLimitWithScalingRules */
function scaleUpLimit(current: number, events: readonly ScaleEvent[], rules: ScalingRules, now: number): number {
  if (rules.select === 'Disabled') return current;
  const proposals = rules.policies.map(({ type, value, periodMs }) => {
    const atStart = current - changeWithin(periodMs, events, now);
    return type === 'Pods' ? atStart + value : Math.ceil(atStart * (1 + value / 100));
  });
  return Math.max(current, rules.select === 'Min' ? Math.min(...proposals) : Math.max(...proposals));
}

/** calculateScaleDownLimitWithBehaviors */
function scaleDownLimit(current: number, events: readonly ScaleEvent[], rules: ScalingRules, now: number): number {
  if (rules.select === 'Disabled') return current;
  const proposals = rules.policies.map(({ type, value, periodMs }) => {
    const atStart = current + changeWithin(periodMs, events, now);
    return type === 'Pods' ? atStart - value : Math.trunc(atStart * (1 - value / 100));
  });
  return Math.min(current, rules.select === 'Min' ? Math.max(...proposals) : Math.min(...proposals));
}

export type Bounds = { min: number; max: number; behavior: Behavior };
export type ScaleEvents = { up: readonly ScaleEvent[]; down: readonly ScaleEvent[] };

/** convertDesiredReplicasWithBehaviorRate: the reason says what limits; within range nothing does. */
export function limit(
  desired: number,
  current: number,
  { min, max, behavior }: Bounds,
  events: ScaleEvents,
  now: number,
): { replicas: number; reason: LimitReason } {
  if (desired > current) {
    const rate = scaleUpLimit(current, events.up, behavior.scaleUp, now);
    const allowed = Math.min(max, rate);
    if (desired > allowed) return { replicas: allowed, reason: max > rate ? 'ScaleUpLimit' : 'TooManyReplicas' };
  } else if (desired < current) {
    const rate = scaleDownLimit(current, events.down, behavior.scaleDown, now);
    const allowed = Math.max(min, rate);
    if (desired < allowed) return { replicas: allowed, reason: min < rate ? 'ScaleDownLimit' : 'TooFewReplicas' };
  }
  return { replicas: desired, reason: 'DesiredWithinRange' };
}
