/** One rule of a Role as Kubernetes' RBAC reads it. */
export type PolicyRule = { apiGroups: string[]; resources: string[]; verbs: string[]; resourceNames?: string[] };

/** A Role, which grants in its own namespace and nowhere else. */
export type GrantedRole = { namespace: string; rules: PolicyRule[] };

/** A request in the terms that an authorizer judges: a resource, or (discovery) a path. */
export type ApiRequest =
  | {
      kind: 'resource';
      verb: string;
      group: string;
      /** With its subresource: `pods/portforward`. */
      resource: string;
      namespace: string | null;
      name: string | null;
    }
  | { kind: 'path'; verb: string; path: string };

export type JudgedRequest = ApiRequest & { allowed: boolean };

type Asked = { method: string; path: string; isWatch: boolean };

/**
 * The attributes of a request, as Kubernetes' RequestInfoResolver has them: HTTP method and path to verb and resource. A GET that
 * is to become a WebSocket has the verb `get`, a POST `create`.
 */
export function attributesOf({ method, path, isWatch }: Asked): ApiRequest {
  const [, group, rest] = /^\/(?:api|apis\/([^/]+))\/[^/]+\/(.+)$/.exec(path) ?? [];
  if (rest === undefined) return { kind: 'path', verb: method.toLowerCase(), path };
  const parts = rest.split('/').map(decodeURIComponent);
  // `namespaces/NAME` itself is a resource of that namespace; longer paths lie in it.
  const inNamespace = parts[0] === 'namespaces' && parts.length > 2;
  const namespace = parts[0] === 'namespaces' ? (parts[1] ?? null) : null;
  const [resource = '', name, subresource] = inNamespace ? parts.slice(2) : parts;
  return {
    kind: 'resource',
    verb: verbOf(method, name !== undefined, isWatch),
    group: group ?? '',
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace,
    name: name ?? null,
  };
}

function verbOf(method: string, hasName: boolean, isWatch: boolean): string {
  if (method === 'GET' && isWatch) return 'watch';
  if (method === 'GET' || method === 'HEAD') return hasName ? 'get' : 'list';
  if (method === 'DELETE') return hasName ? 'delete' : 'deletecollection';
  return { POST: 'create', PUT: 'update', PATCH: 'patch' }[method] ?? method.toLowerCase();
}

/** What `system:discovery` lets everybody read who is logged in; no Role could grant it, since no namespace holds it. */
const DISCOVERY = /^\/(?:api|apis|openapi)(?:\/|$)|^\/(?:version|healthz|livez|readyz)\/?$/;

/**
 * Whether the role lets a request pass. As API servers from 1.35 on do, a WebSocket (GET) to `pods/portforward` needs `create`
 * beside `get`.
 */
export function isGranted(request: ApiRequest, { namespace, rules }: GrantedRole): boolean {
  if (request.kind === 'path') return request.verb === 'get' && DISCOVERY.test(request.path);
  if (request.namespace !== namespace) return false;
  const verbs = request.resource === 'pods/portforward' ? new Set([request.verb, 'create']) : [request.verb];
  return [...verbs].every((verb) => rules.some((rule) => covers(rule, request, verb)));
}

const covers = (rule: PolicyRule, request: ApiRequest & { kind: 'resource' }, verb: string): boolean =>
  has(rule.apiGroups, request.group) &&
  has(rule.resources, request.resource) &&
  has(rule.verbs, verb) &&
  (rule.resourceNames === undefined || (request.name !== null && rule.resourceNames.includes(request.name)));

const has = (list: readonly string[], wanted: string): boolean => list.includes(wanted) || list.includes('*');

/** As an API server words its refusal. */
export const refusalText = (request: ApiRequest): string =>
  request.kind === 'path'
    ? `forbidden: User "stub" cannot ${request.verb} path "${request.path}"`
    : `${request.resource.split('/')[0]}${request.name === null ? '' : ` "${request.name}"`} is forbidden: User "stub" cannot ${request.verb} ` +
      `resource "${request.resource}" in API group "${request.group}" in the namespace "${request.namespace ?? ''}"`;
