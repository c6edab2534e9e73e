import { ruleFinding, type Detector } from './moment.ts';

/**
 * At its maximum and held there.
 *
 * Metrics: current, minimum and maximum replicas, condition ScalingLimited, pressure. Rule: replicas = max > min and ScalingLimited;
 * ScalingLimited alone is also true at the *minimum* (reason TooFewReplicas), and at the maximum without it the HPA wants no more. Where the condition is
 * not known: pressure over 1.1, the tolerance within which a controller does not act.
 * Sources: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details (tolerance 0.1);
 * KubeHpaMaxedOut of kubernetes-mixin (current = max for 15 min; it knows neither min = max nor the condition).
 */
export const maxedOut: Detector = (moment) => {
  const { sample, limits, memory } = moment;
  const { replicasCurrent: current, scalingLimited, pressure } = sample;
  const [min, max] = [memory.spec.replicasMin ?? 1, memory.spec.replicasMax];
  if (current === null || max === undefined) return 'unknown';
  if (current < max || max <= min) return null;
  if (scalingLimited === null && pressure === null) return 'unknown';
  const isPressed = pressure === null ? scalingLimited === 1 : pressure > limits.maxed_out.pressure;
  const isHeld = scalingLimited === null ? isPressed : scalingLimited === 1;
  if (!isHeld) return null;
  // What was wanted in the last minutes (scale-down stabilization) keeps it limited after the load has gone.
  if (pressure !== null && pressure < limits.maxed_out.holdPressure) return null;
  return ruleFinding('maxed_out', moment, {
    severity: 'critical',
    level: isPressed ? 'enter' : 'hold',
    score: pressure ?? 1,
    observed: current,
    direction: 'over',
    facts: { replicas: current, max, pressure },
  });
};
