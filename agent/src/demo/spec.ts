import type { ScaleTarget } from '../domain/hpa.ts';

/** One metric of an HPA. `utilization` is in % of requests; `average` and `value` in the metric's own unit. */
export type MetricSpec =
  | { source: 'resource'; name: 'cpu' | 'memory'; type: 'utilization'; target: number }
  | { source: 'external'; name: string; type: 'average' | 'value'; target: number };

export type ContainerSpec = {
  name: string;
  /** null: no request set. */
  cpuRequestCores: number | null;
  memoryRequestMib: number | null;
  /** Share of the pod's CPU work that falls on this container. */
  cpuShare: number;
  memoryBaseMib: number;
  /** Working set added for each core in use. */
  memoryPerCoreMib: number;
};

export type ScalingPolicy = { type: 'Pods' | 'Percent'; value: number; periodMs: number };
export type ScalingRules = {
  stabilizationMs: number;
  select: 'Max' | 'Min' | 'Disabled';
  policies: readonly ScalingPolicy[];
};
export type Behavior = { scaleUp: ScalingRules; scaleDown: ScalingRules };

/**
 * What holds where an HPA says nothing.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#default-behavior
 */
export const DEFAULT_BEHAVIOR: Behavior = {
  scaleUp: {
    stabilizationMs: 0,
    select: 'Max',
    policies: [
      { type: 'Percent', value: 100, periodMs: 15_000 },
      { type: 'Pods', value: 4, periodMs: 15_000 },
    ],
  },
  scaleDown: {
    stabilizationMs: 300_000,
    select: 'Max',
    policies: [{ type: 'Percent', value: 100, periodMs: 15_000 }],
  },
};

export type LoadSpec = {
  /** CPU work at the daily peak of a weekday, cores over all pods. */
  peakCores: number;
  /** The part of this work that one replica carries when it is exactly at its target, cores. */
  coresPerReplica: number;
  /** Night level as a share of the peak. */
  nightShare: number;
  /** Hour of the day (UTC) of the peak. */
  peakHour: number;
  /** Weekend level as a share of a weekday's. */
  weekendShare: number;
  /** Extra share on top during Monday morning; 0 for none. */
  mondayPeak: number;
  /** Relative size of the noise. */
  noise: number;
};

export type HpaSpec = {
  cluster: string;
  namespace: string;
  name: string;
  target: ScaleTarget & { apiVersion: string };
  min: number;
  max: number;
  metrics: readonly MetricSpec[];
  behavior: Behavior;
  containers: readonly ContainerSpec[];
  /** CPU that one pod can use at most (its limit), cores. */
  podLimitCores: number;
  /** From the start of a pod's containers to Ready. */
  readyAfterMs: number;
  load: LoadSpec;
  /** Hours of the day (UTC) in which something outside the HPA holds the target at 0 replicas; null: never. */
  sleeps: { fromHour: number; toHour: number } | null;
};

export type ClusterSpec = { name: string; hpas: readonly HpaSpec[] };

/** CPU request of a whole pod in cores; null where any container lacks one, since the controller then refuses to compute. */
export function podCpuRequest({ containers }: Pick<HpaSpec, 'containers'>): number | null {
  let sum = 0;
  for (const { cpuRequestCores } of containers) {
    if (cpuRequestCores === null) return null;
    sum += cpuRequestCores;
  }
  return sum;
}

/** Memory request of a whole pod in MiB; null where any container lacks one. */
export function podMemoryRequest({ containers }: Pick<HpaSpec, 'containers'>): number | null {
  let sum = 0;
  for (const { memoryRequestMib } of containers) {
    if (memoryRequestMib === null) return null;
    sum += memoryRequestMib;
  }
  return sum;
}
