/**
 * Desired replicas per metric, as Kubernetes computes them, including how it treats pods that are not ready or have no metric.
 * Source: pkg/controller/podautoscaler/replica_calculator.go and metrics/utilization.go of kubernetes/kubernetes, and
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
 */
export type PodObservation = {
  phase: 'Pending' | 'Running';
  ready: boolean;
  /** Epoch ms: start of the pod; last change of its Ready condition. */
  startedAt: number;
  readyChangedAt: number;
  /** What metrics-server says of the pod; null: nothing yet. CPU in cores, working set in MiB, `at` the end of its window. */
  usage: { cpuCores: number; memoryMib: number; at: number } | null;
};

export type Proposal = {
  replicas: number;
  /** Shown in the HPA's status: % for a utilisation, else the mean per pod or the value, in the metric's unit. */
  current: number;
  /** Mean per pod, beside a utilisation. */
  average: number | null;
};

/** --horizontal-pod-autoscaler-tolerance */
export const TOLERANCE = 0.1;
/** --horizontal-pod-autoscaler-cpu-initialization-period */
const CPU_INITIALIZATION_MS = 300_000;
/** --horizontal-pod-autoscaler-initial-readiness-delay */
const INITIAL_READINESS_DELAY_MS = 30_000;
/** Over which metrics-server computes CPU use. */
export const METRIC_WINDOW_MS = 30_000;

type Grouped = { measured: PodObservation[]; ignored: number; missing: number };

/** groupPods: which pods count, which are not ready yet (ignored) and which have no metric (missing). */
function groupPods(pods: readonly PodObservation[], resource: 'cpu' | 'memory', now: number): Grouped {
  const grouped: Grouped = { measured: [], ignored: 0, missing: 0 };
  for (const pod of pods) {
    if (pod.phase === 'Pending') grouped.ignored++;
    else if (pod.usage === null) grouped.missing++;
    else if (resource === 'cpu' && isStillStarting(pod, pod.usage.at, now)) grouped.ignored++;
    else grouped.measured.push(pod);
  }
  return grouped;
}

function isStillStarting(pod: PodObservation, metricAt: number, now: number): boolean {
  if (pod.startedAt + CPU_INITIALIZATION_MS > now) {
    return !pod.ready || metricAt < pod.readyChangedAt + METRIC_WINDOW_MS;
  }
  return !pod.ready && pod.startedAt + INITIAL_READINESS_DELAY_MS > pod.readyChangedAt;
}

/**
 * GetResourceReplicas. `request` is the request of one pod (cores or MiB), `target` in %.
 * null where the controller fails: no request set, no pods, or no metric of any ready pod.
 */
export function resourceReplicas(
  resource: 'cpu' | 'memory',
  target: number,
  request: number | null,
  pods: readonly PodObservation[],
  currentReplicas: number,
  now: number,
): Proposal | null {
  if (request === null || pods.length === 0) return null;
  const { measured, ignored, missing } = groupPods(pods, resource, now);
  if (measured.length === 0) return null;
  let used = 0;
  for (const { usage } of measured) used += (resource === 'cpu' ? usage?.cpuCores : usage?.memoryMib) ?? 0;
  // Whole per cents, as the API's integers are.
  const utilization = Math.trunc((used * 100) / (request * measured.length));
  const ratio = utilization / target;
  const answer = (replicas: number): Proposal => ({
    replicas,
    current: utilization,
    average: used / measured.length,
  });

  const rebalance = ignored > 0 && ratio > 1;
  if (!rebalance && missing === 0) {
    if (Math.abs(1 - ratio) <= TOLERANCE) return answer(currentReplicas);
    return answer(Math.ceil(ratio * measured.length));
  }
  // On a scale-down, missing pods are taken as using all of their request; on a scale-up, they and unready ones nothing.
  const counted = measured.length + (ratio === 1 ? 0 : missing) + (rebalance ? ignored : 0);
  const assumed = used + (ratio < 1 ? missing * request : 0);
  const newRatio = Math.trunc((assumed * 100) / (request * counted)) / target;
  const turns = (ratio < 1 && newRatio > 1) || (ratio > 1 && newRatio < 1);
  if (Math.abs(1 - newRatio) <= TOLERANCE || turns) return answer(currentReplicas);
  const replicas = Math.ceil(newRatio * counted);
  const against = (newRatio < 1 && replicas > currentReplicas) || (newRatio > 1 && replicas < currentReplicas);
  return answer(against ? currentReplicas : replicas);
}

/** GetExternalPerPodMetricReplicas: `total` shared by all replicas against a target mean per pod. */
export function externalAverageReplicas(target: number, total: number, statusReplicas: number): Proposal {
  const ratio = total / (target * statusReplicas);
  const replicas = Math.abs(1 - ratio) > TOLERANCE ? Math.ceil(total / target) : statusReplicas;
  return { replicas, current: total / statusReplicas, average: null };
}

/** GetExternalMetricReplicas: `total` against a target for the whole, over the ready pods. */
export function externalValueReplicas(
  target: number,
  total: number,
  pods: readonly PodObservation[],
  currentReplicas: number,
): Proposal {
  const ratio = total / target;
  if (Math.abs(1 - ratio) <= TOLERANCE) return { replicas: currentReplicas, current: total, average: null };
  const ready = pods.filter((pod) => pod.phase === 'Running' && pod.ready).length;
  return { replicas: Math.ceil(ratio * ready), current: total, average: null };
}
