import { ruleFinding, type Detector } from './moment.ts';

/**
 * The HPA cannot compute: it gets no metrics, or its target cannot be read.
 *
 * Metric: condition ScalingActive. Rule: false with replicas above zero; at zero replicas the controller switches itself off, which is no
 * fault. Three minutes, since metrics-server misses a reading now and then and single failures heal within a minute.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation
 */
export const scalingInactive: Detector = (moment) => {
  const { replicasCurrent: current, scalingActive } = moment.sample;
  if (scalingActive === null) return 'unknown';
  if (scalingActive === 1 || current === 0) return null;
  return ruleFinding('scaling_inactive', moment, {
    severity: 'critical',
    level: current === null ? 'hold' : 'enter',
    score: 1,
    observed: 0,
    facts: { replicas: current },
  });
};
