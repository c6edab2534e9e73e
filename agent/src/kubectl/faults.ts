import { AgentError, type KubectlFault } from '../core/errors.ts';
import type { LocalEndpoint } from '../domain/cluster.ts';
import type { ServiceAddress } from './args.ts';

/** What a sentence about a forward may name. */
export type FaultSubject = Omit<ServiceAddress, 'port'> & {
  port: number | null;
  endpoint: LocalEndpoint | null;
  kubectlPath: string;
};

/** Faults that only a person can mend; everything else may pass by itself. */
export const NEEDS_A_PERSON: ReadonlySet<KubectlFault> = new Set<KubectlFault>([
  'not-found',
  'context-missing',
  'kubeconfig-unreadable',
  'unauthorised',
  'forbidden',
  'credentials-plugin',
  'service-missing',
  'port-missing',
]);

const SENTENCES: Record<KubectlFault, (s: FaultSubject) => string> = {
  'not-found': (s) => `kubectl could not be run as "${s.kubectlPath}": install it, or set kubectl.path to where it is`,
  'context-missing': (s) =>
    `the kubeconfig has no context "${s.context}": log in to the cluster once, or set the context of this cluster`,
  'kubeconfig-unreadable': (s) =>
    `kubectl cannot read its kubeconfig (context "${s.context}"): check kubectl.kubeconfig and KUBECONFIG`,
  unauthorised: (s) => `the API server of context "${s.context}" does not accept its credentials: log in again`,
  forbidden: (s) =>
    `the user of context "${s.context}" may not do this in namespace "${s.namespace}": ` +
    'it needs to get (for service auto: list) services, to get, list and watch pods, and to get and create ' +
    'pods/portforward, as docs/rbac.yaml grants it',
  'credentials-plugin': (s) =>
    `the credentials plugin of context "${s.context}" gave no credentials: log in again, or install the plugin`,
  'api-unreachable': (s) =>
    `the API server of context "${s.context}" does not answer: check the network (VPN?) and that the cluster is up`,
  'service-missing': (s) =>
    `context "${s.context}" has no service "${s.service}" to forward to in namespace "${s.namespace}": ` +
    'set prometheus.namespace and prometheus.service (or service: auto)',
  'port-missing': (s) =>
    `service "${s.service}" of context "${s.context}" has no port ${s.port ?? 'that could be Prometheus'}: set prometheus.port`,
  'no-running-pod': (s) =>
    `no running pod stands behind service "${s.service}" in namespace "${s.namespace}" of context "${s.context}": ` +
    'look at the Prometheus pod',
  'port-in-use': (s) =>
    `${s.endpoint ? `${s.endpoint.address}:${s.endpoint.port}` : 'the local port'} cannot be listened on ` +
    `(context "${s.context}"): end the program that holds it, or choose other lanes`,
  'connection-lost': (s) => `the connection to the Prometheus pod of context "${s.context}" was lost`,
  'backend-refused': (s) =>
    `the pod behind service "${s.service}" of context "${s.context}" takes no connection on the forwarded port: ` +
    'Prometheus is down or restarting, or the port is wrong',
  'start-timeout': (s) => `kubectl brought up no forward to context "${s.context}" in time: its API server may hang`,
  'probe-failed': (s) => `Prometheus did not answer through the forward to context "${s.context}"`,
  exited: (s) => `kubectl port-forward to context "${s.context}" ended`,
};

/**
 * The error of a fault: a sentence that says what to do, then kubectl's own words.
 * `retryable` where it may pass by itself. Details: `{context, kubectl}`.
 */
export function kubectlError(
  fault: KubectlFault,
  subject: FaultSubject,
  { words = null, cause }: { words?: string | null; cause?: unknown } = {},
): AgentError {
  const message = SENTENCES[fault](subject) + (words === null || words === '' ? '' : ` (kubectl: ${words})`);
  return new AgentError(`kubectl/${fault}`, message, {
    retryable: !NEEDS_A_PERSON.has(fault),
    details: { context: subject.context, kubectl: words },
    cause,
  });
}
