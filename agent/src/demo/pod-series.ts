import type { RawSeries } from './series.ts';
import type { HpaTrack, PodTrack } from './track.ts';

const KSM = { job: 'kube-state-metrics' };
const CADVISOR = { job: 'kubelet', metrics_path: '/metrics/cadvisor' };
const MIB = 1_048_576;

/** What kube-state-metrics and cAdvisor show of one pod. The row with `container=""` is the pod's own total, as in cAdvisor. */
export function podSeries({ spec }: HpaTrack, pod: PodTrack): RawSeries[] {
  const series: RawSeries[] = [];
  const id = { namespace: spec.namespace, pod: pod.name };
  const add = (name: string, labels: Record<string, string>, value: (index: number) => number) => {
    series.push({
      labels: { __name__: name, ...id, ...labels },
      from: pod.firstRow,
      to: () => pod.firstRow + pod.phase.length,
      at(row) {
        const index = row - pod.firstRow;
        const phase = pod.phase[index];
        return phase === undefined || Number.isNaN(phase) ? NaN : value(index);
      },
    });
  };
  const owner =
    pod.replicaSet === null
      ? { owner_kind: spec.target.kind, owner_name: spec.target.name }
      : { owner_kind: 'ReplicaSet', owner_name: pod.replicaSet };
  add('kube_pod_owner', { ...owner, owner_is_controller: 'true', ...KSM }, () => 1);
  for (const phase of ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']) {
    const is = (index: number) => (pod.phase[index] === 0 ? 'Pending' : 'Running') === phase;
    add('kube_pod_status_phase', { phase, ...KSM }, (index) => (is(index) ? 1 : 0));
  }
  for (const condition of ['true', 'false', 'unknown']) {
    const is = (index: number) => (pod.phase[index] === 2 ? 'true' : 'false') === condition;
    add('kube_pod_status_ready', { condition, ...KSM }, (index) => (is(index) ? 1 : 0));
  }
  for (const { name: container, cpuRequestCores, memoryRequestMib } of spec.containers) {
    const request = (resource: string, unit: string, value: number) =>
      add('kube_pod_container_resource_requests', { container, resource, unit, ...KSM }, () => value);
    if (cpuRequestCores !== null) request('cpu', 'core', cpuRequestCores);
    if (memoryRequestMib !== null) request('memory', 'byte', memoryRequestMib * MIB);
  }
  // A pod that has not started has no containers to measure.
  const started = (index: number, value: number) => (pod.phase[index] === 0 ? NaN : value);
  const usage = (container: string, cpu: (index: number) => number, memory: (index: number) => number) => {
    const labels = { container, ...CADVISOR };
    add('container_cpu_usage_seconds_total', { ...labels, cpu: 'total' }, (i) => started(i, cpu(i)));
    add('container_memory_working_set_bytes', labels, (i) => started(i, memory(i)));
  };
  const sum = (columns: readonly number[][], index: number) =>
    columns.reduce((total, column) => total + (column[index] ?? NaN), 0);
  spec.containers.forEach(({ name }, c) => {
    usage(
      name,
      (i) => pod.cpuSeconds[c]?.[i] ?? NaN,
      (i) => pod.memoryBytes[c]?.[i] ?? NaN,
    );
  });
  usage(
    '',
    (i) => sum(pod.cpuSeconds, i),
    (i) => sum(pod.memoryBytes, i),
  );
  return series;
}
