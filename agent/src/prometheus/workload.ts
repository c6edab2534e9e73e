import { findsPodsByName } from './capabilities.ts';
import { quoted } from '../core/promql-literal.ts';
import { anyOf, re2Alternation } from './escape.ts';
import { hpaMatchers, OWN_NAMESPACE, podMatchers, WORKLOAD_LABELS, type QueryScope, type Workload } from './scope.ts';

/** Kinds that own their pods themselves, never by a ReplicaSet. */
const OWNS_PODS = new Set(['StatefulSet', 'ReplicaSet', 'ReplicationController', 'DaemonSet', 'Job']);
/** Kinds that own ReplicaSets, never pods. Of any other kind either may be true. */
const OWNS_REPLICA_SETS = new Set(['Deployment', 'Rollout']);

// The alphabet of generated names: no vowels, no 0, 1, 3. https://github.com/kubernetes/apimachinery/blob/master/pkg/util/rand/rand.go
const SAFE = '[bcdfghjklmnpqrstvwxz2456789]';
const POD_NAME_SHAPE: Record<string, string> = {
  Deployment: `-${SAFE}{6,10}-${SAFE}{5}`,
  Rollout: `-${SAFE}{6,10}-${SAFE}{5}`,
  ReplicaSet: `-${SAFE}{5}`,
  ReplicationController: `-${SAFE}{5}`,
  StatefulSet: '-\\d+',
};

const workloadMatchers = (workloads: readonly Workload[]): string =>
  `owner_kind=~${anyOf(workloads.map(({ kind }) => kind))},owner_name=~${anyOf(workloads.map(({ name }) => name))}`;

/** Pods whose controller is one of the workloads. */
const ownedDirectly = (workloads: readonly Workload[], pods: string): string =>
  `max by (namespace,pod,owner_kind,owner_name) (
  kube_pod_owner{${OWN_NAMESPACE},owner_is_controller="true",${pods},${workloadMatchers(workloads)}}
)`;

/**
 * Pods whose ReplicaSet is controlled by one of the workloads. topk keeps one owner a ReplicaSet, so that a duplicate can
 * never make the match fail; duplicates of a pod are the many side, and the outer max makes one of them.
 */
const ownedByReplicaSet = (workloads: readonly Workload[], pods: string, per: 'pod' | 'replicaset' = 'pod'): string =>
  `max by (namespace,${per},owner_kind,owner_name) (
  label_replace(
    kube_pod_owner{${OWN_NAMESPACE},owner_is_controller="true",owner_kind="ReplicaSet",${pods}},
    "replicaset", "$1", "owner_name", "(.*)"
  )
  * on (namespace,replicaset) group_left(owner_kind,owner_name)
  topk by (namespace,replicaset) (1,
    max by (namespace,replicaset,owner_kind,owner_name) (
      kube_replicaset_owner{${OWN_NAMESPACE},owner_is_controller="true",namespace=~${anyOf(
        workloads.map(({ namespace }) => namespace),
      )},${workloadMatchers(workloads)}}
    )
  )
)`;

function podsByOwner(scope: QueryScope): string {
  const pods = podMatchers(scope);
  const direct = scope.workloads.filter(({ kind }) => !OWNS_REPLICA_SETS.has(kind));
  const indirect = scope.workloads.filter(({ kind }) => !OWNS_PODS.has(kind));
  const parts: string[] = [];
  if (direct.length > 0) parts.push(ownedDirectly(direct, pods));
  if (indirect.length > 0) parts.push(ownedByReplicaSet(indirect, pods));
  return parts.join('\nor\n');
}

/** Pods whose whole name has the shape that the kind gives its pods; kinds of unknown shape have none. */
function podsByName({ workloads }: QueryScope): string | null {
  const parts = Object.entries(POD_NAME_SHAPE).flatMap(([kind, shape]) => {
    const ofKind = workloads.filter((workload) => workload.kind === kind);
    if (ofKind.length === 0) return [];
    const pattern = quoted(`(${re2Alternation(ofKind.map(({ name }) => name))})${shape}`);
    const namespaces = anyOf(ofKind.map(({ namespace }) => namespace));
    return [
      `label_replace(label_replace(
  group by (namespace,pod) (container_memory_working_set_bytes{container!="",container!="POD",namespace=~${namespaces},pod=~${pattern}}),
  "owner_name", "$1", "pod", ${pattern}), "owner_kind", ${quoted(kind)}, "", "")`,
    ];
  });
  return parts.length > 0 ? parts.join('\nor\n') : null;
}

/**
 * A vector of value 1 with the labels namespace, pod, owner_kind, owner_name: which running pods belong to which workload.
 * null where nothing can be said of these workloads.
 */
export function podsOfWorkloads(scope: QueryScope): string | null {
  if (scope.workloads.length === 0) return null;
  const pods = findsPodsByName(scope.capabilities) ? podsByName(scope) : podsByOwner(scope);
  if (pods === null || !scope.capabilities.metrics.has('kube_pod_status_phase')) return pods;
  return `(${pods})
and on (namespace,pod) (
  kube_pod_status_phase{phase="Running",${podMatchers(scope)}} == 1
)`;
}

/**
 * A vector of value 1 with the labels namespace, owner_kind, owner_name, revision: the ReplicaSets that have pods of a workload, and of
 * StatefulSets the revision that pods are brought to. null where this cluster tells neither.
 */
export function revisionsOfWorkloads(scope: QueryScope): string | null {
  const { workloads, capabilities } = scope;
  const parts: string[] = [];
  const byReplicaSet = workloads.filter(({ kind }) => !OWNS_PODS.has(kind));
  if (byReplicaSet.length > 0 && !findsPodsByName(capabilities))
    parts.push(
      `label_replace(${ownedByReplicaSet(byReplicaSet, podMatchers(scope), 'replicaset')}, "revision", "$1", "replicaset", "(.*)")`,
    );
  const statefulSets = workloads.filter(({ kind }) => kind === 'StatefulSet');
  if (statefulSets.length > 0 && capabilities.metrics.has('kube_statefulset_status_update_revision'))
    parts.push(`label_replace(label_replace(
  kube_statefulset_status_update_revision{${OWN_NAMESPACE},namespace=~${anyOf(
    statefulSets.map(({ namespace }) => namespace),
  )},statefulset=~${anyOf(statefulSets.map(({ name }) => name))}} == 1,
  "owner_name", "$1", "statefulset", "(.*)"), "owner_kind", "StatefulSet", "", "")`);
  return parts.length === 0 ? null : `group by (${WORKLOAD_LABELS},revision) (${parts.join('\nor\n')})`;
}

/** Sum of a per-pod vector over the pods of each workload. */
export const sumOverPods = (pods: string, perPod: string): string => overPods('sum', pods, perPod);

/** Mean of a per-pod vector over the pods of each workload. */
export const meanOverPods = (pods: string, perPod: string): string => overPods('avg', pods, perPod);

const overPods = (aggregate: 'sum' | 'avg', pods: string, perPod: string): string =>
  `${aggregate} by (${WORKLOAD_LABELS}) ((${pods}) * on (namespace,pod) group_left() (${perPod}))`;

/**
 * A guard for values that would change their meaning, not vanish, when kube-state-metrics stops: pods found by name go on
 * without it, and a missing request would read as "no request set".
 */
export const whileKubeStateMetricsAnswers = (scope: QueryScope): string =>
  findsPodsByName(scope.capabilities)
    ? `\nand on () (count(kube_horizontalpodautoscaler_spec_max_replicas{${hpaMatchers(scope)}}) > 0)`
    : '';
