import { quoted } from '../core/promql-literal.ts';
import { anyOf, re2Alternation } from './escape.ts';
import type { Capabilities } from './capabilities.ts';

/** What owns pods and is scaled: the target of an HPA. */
export type Workload = { namespace: string; kind: string; name: string };

/** What a grouped query is about. Names form a cross product with namespaces: the caller picks the exact pairs out. */
export type QueryScope = {
  hpas: readonly { namespace: string; hpa: string }[];
  /** Scale targets of these HPAs, as far as known. */
  workloads: readonly Workload[];
  capabilities: Capabilities;
};

/** Labels that name a workload in every usage query. */
export const WORKLOAD_LABELS = 'namespace,owner_kind,owner_name';

/** Without honor_labels the `namespace` of a kube-state-metrics series is that of kube-state-metrics: never use it. */
export const OWN_NAMESPACE = 'exported_namespace=""';

export const hpaMatchers = ({ hpas }: Pick<QueryScope, 'hpas'>): string =>
  [
    OWN_NAMESPACE,
    `namespace=~${anyOf(hpas.map(({ namespace }) => namespace))}`,
    `horizontalpodautoscaler=~${anyOf(hpas.map(({ hpa }) => hpa))}`,
  ].join(',');

// kube-apiserver cuts generateName to 58 characters before it adds 5 random ones, so 40 of them are always there.
// https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/storage/names/generate.go
const POD_PREFIX_LENGTH = 40;
/** Above this many workloads a pattern costs more than it saves. */
const MOST_POD_PREFIXES = 100;
/** Kinds whose pods always carry the name of the workload in front. */
const NAMES_ITS_PODS = new Set(['Deployment', 'Rollout', 'StatefulSet', 'ReplicaSet', 'ReplicationController']);

/**
 * Matchers for series that carry `namespace` and `pod`: a prefilter that never leaves out a pod of these workloads, though it
 * lets others pass; which pods belong to which workload is settled by their owners.
 */
export function podMatchers({ workloads }: Pick<QueryScope, 'workloads'>): string {
  const namespaces = `namespace=~${anyOf(workloads.map(({ namespace }) => namespace))}`;
  const prefixes = new Set(workloads.map(({ name }) => `${name}-`.slice(0, POD_PREFIX_LENGTH)));
  const known = workloads.every(({ kind }) => NAMES_ITS_PODS.has(kind));
  if (!known || prefixes.size > MOST_POD_PREFIXES) return namespaces;
  return `${namespaces},pod=~${quoted(`(?:${re2Alternation(prefixes)}).*`)}`;
}
