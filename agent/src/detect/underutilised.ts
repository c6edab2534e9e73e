import { HOUR, MINUTE } from '../core/clock.ts';
import type { Sample } from '../domain/sample.ts';
import type { Limits } from './limits.ts';
import type { JudgeState } from './memory.ts';
import { ruleFinding, type Detector } from './moment.ts';

/**
 * More replicas than the load needs, for hours: money.
 *
 * Metrics: pressure, current and minimum replicas. Rule: pressure at or under a half for two hours with more than the minimum (a scale-down that is
 * disabled or throttled: the controller itself would have gone down after five minutes), or a whole day at the minimum with pressure never
 * over a half (the minimum is too high; shorter is just the night).
 * Source: desired = ceil(current x pressure), https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
 */
export const underutilised: Detector = (moment) => {
  const { sample, limits, memory } = moment;
  const { replicasCurrent: current, pressure } = sample;
  if (current === null || (pressure === null && current > 0)) return 'unknown';
  const { hours, atMinHours, pressure: enter } = limits.underutilised;
  const { idleSince, idleAtMinSince } = memory;
  const atMin = idleSince === null;
  const since = idleSince ?? idleAtMinSince;
  if (since === null || pressure === null) return null;
  const needed = atMin ? atMinHours : hours;
  if (sample.ts - since < needed * HOUR) return null;
  return ruleFinding('underutilised', moment, {
    severity: 'info',
    level: pressure <= enter ? 'enter' : 'hold',
    since,
    score: enter / Math.max(pressure, 0.01),
    observed: pressure,
    metric: 'pressure',
    direction: 'under',
    facts: { replicas: current, min: memory.spec.replicasMin ?? null, pressure, atMin: atMin ? 1 : 0 },
  });
};

/** Since when it is idle; a missing value changes nothing, a hole of an hour ends it. */
export function followIdle(
  state: JudgeState,
  sample: Sample,
  { pressure: enter, holdPressure }: Limits['underutilised'],
): Pick<JudgeState, 'idleSince' | 'idleAtMinSince'> {
  const { replicasCurrent: current, pressure, ts } = sample;
  const [min, max] = [state.spec.replicasMin ?? 1, state.spec.replicasMax];
  const hole = state.at !== null && ts - state.at > 60 * MINUTE;
  const idleSince = hole ? null : state.idleSince;
  const idleAtMinSince = hole ? null : state.idleAtMinSince;
  if (current === null || (pressure === null && current > 0)) return { idleSince, idleAtMinSince };
  if (current === 0 || pressure === null || max === undefined || max <= min)
    return { idleSince: null, idleAtMinSince: null };
  // With n replicas the controller goes down below (n-1)/n of the target, so two at a half are no waste.
  const oneLess = current > min ? (current - 1) / current : 1;
  const since = (known: number | null): number | null => {
    if (pressure > (known === null ? Math.min(enter, 0.9 * oneLess) : Math.min(holdPressure, oneLess))) return null;
    return known ?? ts;
  };
  return current > min
    ? { idleSince: since(idleSince), idleAtMinSince: null }
    : { idleSince: null, idleAtMinSince: min > 1 ? since(idleAtMinSince) : null };
}
