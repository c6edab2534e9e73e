import type { HandMadeSeries } from './openmetrics.ts';

export type HandMadeContainer = {
  name: string;
  /** Mean CPU use, cores; it swings by a third around it over a day. */
  cores: number;
  memoryMib: number;
  cpuRequest?: number;
  memoryRequestMib?: number;
};

export type HandMadeHpa = {
  namespace: string;
  hpa: string;
  kind: string;
  target: string;
  pods: number;
  containers: HandMadeContainer[];
  replicas?: (at: number) => number | null;
  min?: number;
  max?: number;
  cpuTarget?: number;
  /** `job` labels of the kube-state-metrics scrapes. */
  stateJobs?: string[];
  /** `job` labels of the cAdvisor scrapes. */
  cadvisorJobs?: string[];
  /** The containers restart here: their counters begin again at 0. */
  restartAt?: number;
  /** False: series are missing at this instant, whatever they are. */
  exists?: (at: number) => boolean;
  /** Names of metrics that this cluster does not have. */
  without?: string[];
};

const DAY_MS = 86_400_000;
const MIB = 1_048_576;
const W = (2 * Math.PI) / DAY_MS;

/** Seconds of CPU used since 1970 by a load that swings by a third of `cores` over a day. */
const cpuSeconds = (cores: number, at: number): number =>
  (cores * (at % (30 * DAY_MS)) + (cores / 3 / W) * (1 - Math.cos(W * at))) / 1_000;

/** Kinds whose pods are owned by ReplicaSets; every other kind owns its pods itself. */
export const OWNS_REPLICA_SETS: ReadonlySet<string> = new Set(['Deployment', 'Rollout', 'Application']);

/** Pod names as the controllers make them. */
export function podNames({ kind, target, pods }: HandMadeHpa): { pod: string; replicaSet: string | null }[] {
  return Array.from({ length: pods }, (_, index) => {
    if (kind === 'StatefulSet') return { pod: `${target}-${index}`, replicaSet: null };
    const suffix = `x2bc${'456789bcdfghjklmnpqrstvwxz'[index % 26]}`;
    if (!OWNS_REPLICA_SETS.has(kind)) return { pod: `${target.slice(0, 57)}-${suffix}`, replicaSet: null };
    const replicaSet = `${target}-7d9f8b6c5d`;
    return { pod: `${replicaSet.slice(0, 57)}-${suffix}`, replicaSet };
  });
}

/** All series that kube-state-metrics and cAdvisor have of one HPA, its target and its pods. */
export function seriesOf(made: HandMadeHpa): HandMadeSeries[] {
  const { stateJobs = ['kube-state-metrics'], cadvisorJobs = ['kubelet'], exists = () => true, without = [] } = made;
  const series: HandMadeSeries[] = [];
  const add = (jobs: string[], name: string, labels: Record<string, string>, value: HandMadeSeries['value']) => {
    if (without.includes(name)) return;
    for (const job of jobs) {
      series.push({ name, labels: { ...labels, job }, value: (at) => (exists(at) ? value(at) : null) });
    }
  };
  const state = (name: string, labels: Record<string, string>, value: HandMadeSeries['value']) =>
    add(stateJobs, name, { namespace: made.namespace, ...labels }, value);
  addHpa(made, state);
  for (const { pod, replicaSet } of podNames(made)) addPod(made, pod, replicaSet, state);
  for (const { pod } of podNames(made)) {
    for (const { name: container, cores, memoryMib } of made.containers) {
      const labels = { namespace: made.namespace, pod, container };
      add(cadvisorJobs, 'container_cpu_usage_seconds_total', { ...labels, cpu: 'total' }, (at) =>
        counter(cores, at, made.restartAt),
      );
      add(cadvisorJobs, 'container_memory_working_set_bytes', labels, (at) =>
        Math.round(memoryMib * MIB * (1 + 0.1 * Math.sin(W * at + pod.length))),
      );
    }
    // What cAdvisor shows besides containers, and must not count: the pod's total and its pause container.
    for (const container of ['', 'POD']) {
      const labels = { namespace: made.namespace, pod, ...(container ? { container } : {}) };
      add(cadvisorJobs, 'container_cpu_usage_seconds_total', { ...labels, cpu: 'total' }, (at) => 50 * (at / 1_000));
      add(cadvisorJobs, 'container_memory_working_set_bytes', labels, () => 1e12);
    }
  }
  return series;
}

type AddState = (name: string, labels: Record<string, string>, value: HandMadeSeries['value']) => void;

function addHpa(made: HandMadeHpa, state: AddState): void {
  const { hpa, kind, target, pods, min = 1, max = 10, cpuTarget = 70, replicas = () => pods } = made;
  const prefix = 'kube_horizontalpodautoscaler';
  const labels = { horizontalpodautoscaler: hpa };
  state(`${prefix}_info`, { ...labels, scaletargetref_kind: kind, scaletargetref_name: target }, () => 1);
  state(`${prefix}_status_current_replicas`, labels, replicas);
  state(`${prefix}_status_desired_replicas`, labels, replicas);
  state(`${prefix}_spec_min_replicas`, labels, () => min);
  state(`${prefix}_spec_max_replicas`, labels, () => max);
  const cpu = { ...labels, metric_name: 'cpu', metric_target_type: 'utilization' };
  state(`${prefix}_spec_target_metric`, cpu, () => cpuTarget);
  state(`${prefix}_status_target_metric`, cpu, (at) => 50 + 30 * Math.sin(W * at));
  state(`${prefix}_status_target_metric`, { ...cpu, metric_target_type: 'average' }, () => 0.31);
  for (const [condition, on] of [
    ['ScalingActive', 1],
    ['ScalingLimited', 0],
  ] as const) {
    state(`${prefix}_status_condition`, { ...labels, condition, status: 'true' }, () => on);
    state(`${prefix}_status_condition`, { ...labels, condition, status: 'false' }, () => 1 - on);
  }
  // Without pods of its own this is a further HPA of a target that another one brings along.
  if (pods === 0) return;
  if (kind === 'Deployment') state('kube_deployment_status_replicas_ready', { deployment: target }, replicas);
  if (kind === 'StatefulSet') state('kube_statefulset_status_replicas_ready', { statefulset: target }, replicas);
}

function addPod(made: HandMadeHpa, pod: string, replicaSet: string | null, state: AddState): void {
  const controller = { owner_is_controller: 'true' };
  if (replicaSet === null) {
    state('kube_pod_owner', { pod, owner_kind: made.kind, owner_name: made.target, ...controller }, () => 1);
  } else {
    state('kube_pod_owner', { pod, owner_kind: 'ReplicaSet', owner_name: replicaSet, ...controller }, () => 1);
    const owner = { replicaset: replicaSet, owner_kind: made.kind, owner_name: made.target, ...controller };
    if (pod === podNames(made)[0]?.pod) state('kube_replicaset_owner', owner, () => 1);
  }
  state('kube_pod_status_phase', { pod, phase: 'Running' }, () => 1);
  state('kube_pod_status_phase', { pod, phase: 'Pending' }, () => 0);
  state('kube_pod_status_ready', { pod, condition: 'true' }, () => 1);
  for (const { name: container, cpuRequest, memoryRequestMib } of made.containers) {
    const request = (resource: string, unit: string, value: number) =>
      state('kube_pod_container_resource_requests', { pod, container, resource, unit }, () => value);
    if (cpuRequest !== undefined) request('cpu', 'core', cpuRequest);
    if (memoryRequestMib !== undefined) request('memory', 'byte', memoryRequestMib * MIB);
  }
}

const counter = (cores: number, at: number, restartAt = Infinity): number =>
  at < restartAt ? cpuSeconds(cores, at) : cpuSeconds(cores, at) - cpuSeconds(cores, restartAt);
