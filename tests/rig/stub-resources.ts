import { answerAutoscaling } from './stub-autoscaling.ts';
import { DEFAULT_SERVICES, type StubCluster, type StubService } from './stub-faults.ts';

/** An answer of the API server: status and body. `hang`: none, ever. `watch`: headers only, then silence. */
export type StubAnswer = { status: number; body: object } | 'hang' | 'watch';

const ok = (body: object): StubAnswer => ({ status: 200, body });

export const failure = (status: number, reason: string, message: string) => ({
  status,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status },
});

const resource = (name: string, kind: string, verbs: string[], shortNames?: string[]) => ({
  name,
  singularName: kind.toLowerCase(),
  namespaced: true,
  kind,
  verbs,
  ...(shortNames && { shortNames }),
});

const DISCOVERY: Record<string, object> = {
  '/version': { major: '1', minor: '32', gitVersion: 'v1.32.0' },
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [
      resource('pods', 'Pod', ['get', 'list', 'watch'], ['po']),
      { ...resource('pods/portforward', 'PodPortForwardOptions', ['create', 'get']), singularName: '' },
      resource('services', 'Service', ['get', 'list', 'watch'], ['svc']),
    ],
  },
};

/** What a GET of `path` (inside one cluster) answers: discovery, services and pods of one namespace. */
export function answerGet(cluster: StubCluster, namespace: string, path: string, isWatch: boolean): StubAnswer {
  const fault = cluster.fault?.mode;
  if (fault === 'apihang') return 'hang';
  if (fault === 'unauthorized') return failure(401, 'Unauthorized', 'Unauthorized');
  const autoscaling = answerAutoscaling(cluster.hpas, path);
  if (autoscaling) return ok(autoscaling);
  const discovery = DISCOVERY[path];
  if (discovery) return ok(discovery);
  const inNamespace = `/api/v1/namespaces/${namespace}`;
  // kubectl asks for the namespace after a 404, to say which of the two is missing.
  if (path === inNamespace) return ok({ kind: 'Namespace', apiVersion: 'v1', metadata: { name: namespace } });
  const [kind, name] = path.startsWith(`${inNamespace}/`) ? path.slice(inNamespace.length + 1).split('/') : [];
  const services = fault === 'nosvc' ? [] : (cluster.services ?? DEFAULT_SERVICES);
  if (kind === 'services' && name === undefined)
    return ok({
      kind: 'ServiceList',
      apiVersion: 'v1',
      metadata: {},
      items: services.map((s) => serviceBody(s, namespace)),
    });
  const service = services.find((candidate) => candidate.name === name);
  if (kind === 'services' && service) return ok(serviceBody(service, namespace));
  if (kind === 'pods' && name === undefined) {
    if (isWatch) return 'watch';
    const items = fault === 'nopod' ? [] : [podBody(cluster, namespace)];
    return ok({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items });
  }
  if (kind === 'pods' && name === POD) return ok(podBody(cluster, namespace));
  return failure(
    404,
    'NotFound',
    kind && name ? `${kind} "${name}" not found` : 'the server could not find the requested resource',
  );
}

export const POD = 'prometheus-server-0';

const serviceBody = ({ name, ports, labels, selects = true }: StubService, namespace: string) => ({
  kind: 'Service',
  apiVersion: 'v1',
  metadata: { name, namespace, uid: `service-${name}`, labels },
  spec: {
    ...(selects && { selector: { app: name } }),
    clusterIP: '10.0.0.2',
    type: 'ClusterIP',
    ports: ports.map(({ name: portName, port, targetPort }) => ({
      name: portName ?? `p${port}`,
      protocol: 'TCP',
      port,
      targetPort: targetPort ?? port,
    })),
  },
});

const podBody = ({ fault }: StubCluster, namespace: string) => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {
    name: POD,
    namespace,
    uid: '11111111-1111-1111-1111-111111111111',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: {
    nodeName: 'node-1',
    containers: [
      { name: 'prometheus', image: 'prometheus', ports: [{ name: 'http', containerPort: 9090, protocol: 'TCP' }] },
    ],
  },
  status: {
    phase: fault?.mode === 'notready' ? 'Pending' : 'Running',
    podIP: '10.0.0.1',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'prometheus', ready: true, state: { running: {} } }],
  },
});
