import { ruleFinding, type Detector } from './moment.ts';

/**
 * Far over its target, room to grow, and the HPA does not want more.
 *
 * Metrics: pressure, desired, current and maximum replicas. Rule: pressure well over the tolerance of 1.1 while desired = current < max. A scale-up
 * has no stabilization window by default and the controller looks every 15 s, so minutes of this mean that scale-up is disabled, throttled by
 * its policies, or that the metric is not what the controller sees. Pods that are not ready hold it back rightly: replicas_mismatch.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
 */
export const scalingStuck: Detector = (moment) => {
  const { sample, limits, memory } = moment;
  const { replicasCurrent: current, replicasDesired: desired, replicasReady: ready, pressure, scalingActive } = sample;
  const max = memory.spec.replicasMax;
  if (current === null || desired === null || pressure === null || max === undefined) return 'unknown';
  if (current === 0 || desired !== current || current >= max || scalingActive === 0) return null;
  if (ready !== null && ready < current) return null;
  const { pressure: enter, holdPressure } = limits.scaling_stuck;
  if (pressure < holdPressure) return null;
  const hasMoved = memory.recent.slice(-4).some((minute) => minute.current !== current);
  return ruleFinding('scaling_stuck', moment, {
    severity: 'critical',
    level: pressure >= enter && !hasMoved ? 'enter' : 'hold',
    score: pressure,
    observed: pressure,
    metric: 'pressure',
    direction: 'over',
    facts: { pressure, replicas: current, max },
  });
};
