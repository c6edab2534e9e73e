import { AgentError, type KubectlFault } from '../core/errors.ts';
import type { LocalEndpoint } from '../domain/cluster.ts';
import type { ServiceAddress } from './args.ts';
import type { Login } from './login.ts';

/** What a sentence about a forward may name. */
export type FaultSubject = Omit<ServiceAddress, 'port'> & {
  port: number | null;
  endpoint: LocalEndpoint | null;
  kubectlPath: string;
  /** Who is logged in and how, where that is known: some faults are told with it. */
  login?: Login | null;
};

/** Faults whose sentence gains by a login. */
const TOLD_WITH_LOGIN: ReadonlySet<KubectlFault> = new Set<KubectlFault>([
  'unauthorised',
  'credentials-plugin',
  'start-timeout',
]);

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

const SENTENCES: Record<KubectlFault, (s: FaultSubject, words: string | null) => string> = {
  'not-found': (s) => `kubectl could not be run as "${s.kubectlPath}": install it, or set kubectl.path to where it is`,
  'context-missing': (s) =>
    `the kubeconfig has no context "${s.context}": log in to the cluster once, or set the context of this cluster`,
  'kubeconfig-unreadable': (s) =>
    `kubectl cannot read its kubeconfig (context "${s.context}"): check kubectl.kubeconfig and KUBECONFIG`,
  unauthorised: (s) =>
    s.login
      ? `the API server of context "${s.context}" does not accept user ${who(s.login)}: ${s.login.renew}`
      : `the API server of context "${s.context}" does not accept its credentials: log in again`,
  forbidden: (s) =>
    `the user of context "${s.context}" may not do this in namespace "${s.namespace}": ` +
    'it needs to get (for service auto: list) services, to get, list and watch pods, and to get and create ' +
    'pods/portforward, as docs/rbac.yaml grants it',
  'credentials-plugin': (s, words) => {
    if (!s.login)
      return `the credentials plugin of context "${s.context}" gave no credentials: log in again, or install the plugin`;
    const isMissing = /not found|no such file|permission denied/i.test(words ?? '');
    const { program, renew } = s.login;
    const mend = program !== null && isMissing ? `install ${program} where the agent's PATH finds it` : renew;
    return `context "${s.context}" got no credentials for user ${who(s.login)}: ${mend}`;
  },
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
  'start-timeout': (s) =>
    `kubectl brought up no forward to context "${s.context}" in time: its API server may hang` +
    (s.login?.program
      ? `, or ${s.login.program}, which fetches the credentials of user ${JSON.stringify(s.login.user)}, waits for a person; then ${s.login.renew}`
      : ''),
  'probe-failed': (s) => `Prometheus did not answer through the forward to context "${s.context}"`,
  exited: (s) => `kubectl port-forward to context "${s.context}" ended`,
};

const who = ({ user, program }: Login): string =>
  JSON.stringify(user) + (program === null ? '' : ` (credentials by ${program})`);

/**
 * The error of a fault: a sentence that says what to do, then kubectl's own words.
 * `retryable` where it may pass by itself. Details: `{context, kubectl}`, and where the login is told `user` and `program`.
 */
export function kubectlError(
  fault: KubectlFault,
  subject: FaultSubject,
  { words = null, cause }: { words?: string | null; cause?: unknown } = {},
): AgentError {
  const message = SENTENCES[fault](subject, words) + (words === null || words === '' ? '' : ` (kubectl: ${words})`);
  return new AgentError(`kubectl/${fault}`, message, {
    retryable: !NEEDS_A_PERSON.has(fault),
    details: {
      context: subject.context,
      kubectl: words,
      ...(subject.login && { user: subject.login.user, program: subject.login.program }),
    },
    cause,
  });
}

/** An error of kubectl that a login explains better, with that login; any other as it is. */
export async function withLogin(
  error: AgentError,
  subject: FaultSubject,
  login: () => Promise<Login | null>,
): Promise<AgentError> {
  const fault = [...TOLD_WITH_LOGIN].find((one) => error.code === `kubectl/${one}`);
  const known = fault === undefined ? null : await login();
  if (fault === undefined || known === null) return error;
  const { kubectl } = error.details as { kubectl: string | null };
  return kubectlError(fault, { ...subject, login: known }, { words: kubectl, cause: error.cause });
}
