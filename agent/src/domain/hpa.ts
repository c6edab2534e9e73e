import { AgentError } from '../core/errors.ts';

/** What identifies an HPA everywhere: cluster (the canonical name), namespace and HPA name. */
export type HpaKey = { cluster: string; namespace: string; hpa: string };

/** The object that an HPA scales. */
export type ScaleTarget = { kind: string; name: string };

export type MetricTargetType = 'utilization' | 'average' | 'value';

/** One metric of an HPA's spec. `target` is in %, for `average` and `value` in the metric's own unit. */
export type MetricTarget = { name: string; type: MetricTargetType; container: string | null; target: number };

/** An HPA as the cluster shows it now. null: not told by this cluster's kube-state-metrics. */
export type DiscoveredHpa = {
  namespace: string;
  hpa: string;
  target: ScaleTarget | null;
  replicasMin: number | null;
  replicasMax: number | null;
  replicasCurrent: number | null;
  metrics: MetricTarget[];
};

/** One string for maps and sets: unambiguous, since neither a namespace nor an HPA name can hold a `/`. */
export const hpaId = ({ cluster, namespace, hpa }: HpaKey): string => `${cluster}/${namespace}/${hpa}`;
export const localId = ({ namespace, hpa }: { namespace: string; hpa: string }): string => `${namespace}/${hpa}`;

// Kubernetes: namespaces are RFC 1123 labels, HPA names RFC 1123 subdomains.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
// A cluster is named like a kubectl context: freer (EKS uses ARNs, GKE underscores), never an option, path or control character.
// No `/` would shut out the ARN form `arn:aws:eks:region:account:cluster/name`, so a slash is allowed inside and escaped in URLs.
const CLUSTER = /^[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,252}$/;

export const NAME_RULES = {
  namespace: 'a Kubernetes namespace: 1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit',
  hpa: 'a Kubernetes object name: 1 to 253 of a-z, 0-9, "-" and ".", beginning and ending with a letter or digit',
  cluster: 'a cluster name: 1 to 253 of A-Z, a-z, 0-9 and "._:@/+-", beginning with a letter or digit',
} as const;

export const isNamespaceName = (name: string): boolean => LABEL.test(name);
export const isHpaName = (name: string): boolean => SUBDOMAIN.test(name);
export const isClusterName = (name: string): boolean => CLUSTER.test(name);

// What kube-state-metrics tells besides: kinds are Go identifiers, objects (scale targets, ReplicaSets, revisions) RFC 1123 subdomains,
// containers labels. Metrics of an HPA are named freely (an external one by a whole query), but never by what no person would write.
const KIND = /^[A-Za-z][A-Za-z0-9]{0,62}$/;
const METRIC = /^[^\p{C}\p{Zl}\p{Zp}]{1,500}$/u;

export const isKind = (name: string): boolean => KIND.test(name);
export const isObjectName = (name: string): boolean => SUBDOMAIN.test(name);
export const isContainerName = (name: string): boolean => LABEL.test(name);
export const isMetricName = (name: string): boolean => METRIC.test(name);

const IS_NAME = { cluster: isClusterName, namespace: isNamespaceName, hpa: isHpaName };
/** The longest name there is, and a bit, to see that it goes on. */
const SHOWN = 300;

/** @throws AgentError `hpa/invalid-name` naming the field, the value and the rule */
export function assertName(kind: keyof HpaKey, name: string, field: string = kind): void {
  if (IS_NAME[kind](name)) return;
  const value = name.length > SHOWN ? `${name.slice(0, SHOWN)}...` : name;
  const allowed = NAME_RULES[kind];
  const message = `${field} ${JSON.stringify(value)} is not ${allowed}`;
  throw new AgentError('hpa/invalid-name', message, { details: { field, value, allowed } });
}

/** @throws AgentError `hpa/invalid-name` naming the field, the value and the rule */
export function assertHpaKey({ cluster, namespace, hpa }: HpaKey): void {
  assertName('cluster', cluster);
  assertName('namespace', namespace);
  assertName('hpa', hpa);
}
