import { anyOf } from './escape.ts';
import { hpaMatchers, OWN_NAMESPACE, podMatchers, WORKLOAD_LABELS, type QueryScope } from './scope.ts';
import { podsOfWorkloads, sumOverPods } from './workload.ts';

const HPA = 'kube_horizontalpodautoscaler';

/** Replicas and limits per HPA; `__name__` tells which. */
export const replicasQuery = (scope: QueryScope): string =>
  `max by (__name__,namespace,horizontalpodautoscaler) (
  {__name__=~"${HPA}_(status_current_replicas|status_desired_replicas|spec_min_replicas|spec_max_replicas)",${hpaMatchers(scope)}}
)`;

/** Target (`_spec_`) and current value (`_status_`) of every metric of an HPA; `__name__` tells which. */
export const metricsQuery = (scope: QueryScope): string =>
  `max by (__name__,namespace,horizontalpodautoscaler,metric_name,metric_target_type,container) (
  {__name__=~"${HPA}_(spec|status)_target_metric",${hpaMatchers(scope)}}
)`;

/** 1 while the condition is true, else 0. */
export const conditionsQuery = (scope: QueryScope): string =>
  `max by (namespace,horizontalpodautoscaler,condition) (
  ${HPA}_status_condition{status="true",condition=~"ScalingActive|ScalingLimited",${hpaMatchers(scope)}}
)`;

/** Where kube-state-metrics tells the ready replicas of a kind: metric and the label that holds the name. */
const READY_METRIC: Record<string, { metric: string; label: string }> = {
  Deployment: { metric: 'kube_deployment_status_replicas_ready', label: 'deployment' },
  StatefulSet: { metric: 'kube_statefulset_status_replicas_ready', label: 'statefulset' },
  ReplicaSet: { metric: 'kube_replicaset_status_ready_replicas', label: 'replicaset' },
  ReplicationController: {
    metric: 'kube_replicationcontroller_status_ready_replicas',
    label: 'replicationcontroller',
  },
};

/** Ready replicas per workload: from the target's own status, else the number of its ready pods. */
export function readyQuery(scope: QueryScope): string | null {
  const { metrics } = scope.capabilities;
  const told = (kind: string) => metrics.has(READY_METRIC[kind]?.metric ?? '');
  const parts = Object.entries(READY_METRIC).flatMap(([kind, { metric, label }]) => {
    const ofKind = scope.workloads.filter((workload) => workload.kind === kind && told(kind));
    if (ofKind.length === 0) return [];
    const names = anyOf(ofKind.map(({ name }) => name));
    const namespaces = anyOf(ofKind.map(({ namespace }) => namespace));
    const selector = `${metric}{${OWN_NAMESPACE},namespace=~${namespaces},${label}=~${names}}`;
    return [
      `label_replace(label_replace(${selector}, "owner_name", "$1", "${label}", "(.*)"), "owner_kind", "${kind}", "", "")`,
    ];
  });
  const others = scope.workloads.filter(({ kind }) => !told(kind));
  const pods = podsOfWorkloads({ ...scope, workloads: others });
  if (pods !== null && metrics.has('kube_pod_status_ready')) {
    const ready = `max by (namespace,pod) (kube_pod_status_ready{condition="true",${podMatchers({ workloads: others })}})`;
    parts.push(sumOverPods(pods, ready));
  }
  return parts.length === 0 ? null : `max by (${WORKLOAD_LABELS}) (\n${parts.join('\nor\n')}\n)`;
}
