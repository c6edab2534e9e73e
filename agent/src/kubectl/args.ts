import { AgentError } from '../core/errors.ts';
import type { LocalEndpoint } from '../domain/cluster.ts';

/** The service of a cluster, as kubectl is told to find it. */
export type ServiceAddress = { context: string; namespace: string; service: string; port: number };

export type ForwardArgs = ServiceAddress & {
  kubeconfig: string | null;
  endpoint: LocalEndpoint;
  /** How long kubectl may wait for a running pod behind the service; without a limit it says nothing for a minute. */
  podTimeoutMs: number;
};

/**
 * `kubectl port-forward ...` as an argument array; no shell ever sees it.
 * @throws AgentError `config/invalid` for a context, namespace or service that kubectl could take for an option
 */
export function forwardArgs({ kubeconfig, context, namespace, service, port, endpoint, podTimeoutMs }: ForwardArgs) {
  return [
    'port-forward',
    ...where({ kubeconfig, context, namespace }),
    '--pod-running-timeout',
    `${Math.max(1, Math.ceil(podTimeoutMs / 1_000))}s`,
    '--address',
    endpoint.address,
    `service/${operand('service', service)}`,
    `${endpoint.port}:${port}`,
  ];
}

export type ReadServicesArgs = {
  kubeconfig: string | null;
  context: string;
  namespace: string;
  /** null: all services of the namespace. */
  service: string | null;
  timeoutMs: number;
};

/** `kubectl get service NAME -o json`, or all of the namespace. @throws AgentError `config/invalid` as above */
export function readServicesArgs({ kubeconfig, context, namespace, service, timeoutMs }: ReadServicesArgs): string[] {
  return [
    'get',
    ...where({ kubeconfig, context, namespace }),
    '--request-timeout',
    `${Math.max(1, Math.ceil(timeoutMs / 1_000))}s`,
    '-o',
    'json',
    ...(service === null ? ['services'] : ['service', operand('service', service)]),
  ];
}

const where = ({
  kubeconfig,
  context,
  namespace,
}: {
  kubeconfig: string | null;
  context: string;
  namespace: string;
}) => [
  ...(kubeconfig === null ? [] : ['--kubeconfig', operand('kubeconfig', kubeconfig)]),
  '--context',
  operand('context', context),
  '-n',
  operand('namespace', namespace),
];

/** A value that begins with `-` would be read as an option (`--kubeconfig=/elsewhere`), an empty one as "the default". */
function operand(field: string, value: string): string {
  // A kubeconfig may hold control characters in a name, but no such name ever comes from a person.
  // eslint-disable-next-line no-control-regex
  if (value !== '' && !value.startsWith('-') && !/[\u0000-\u001f]/.test(value)) return value;
  const allowed = 'not empty, not beginning with "-", without control characters';
  const message = `${field} ${JSON.stringify(value)} is refused: a ${field} is ${allowed}`;
  throw new AgentError('config/invalid', message, { details: { field, value, allowed } });
}
