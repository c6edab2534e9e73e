import type { ProxyRoute, Role } from './plugin-folders.ts';
import { ROLES } from './plugin-folders.ts';

/** A data source of the preview; the secrets stay on this side. */
export type PreviewDataSource = {
  uid: string;
  name: string;
  /** Where its agent listens. */
  url: string;
  secrets: Readonly<Record<string, string>>;
};

export type Passage =
  | { kind: 'pass'; url: string; headers: Record<string, string> }
  /** The role may not go this way. */
  | { kind: 'denied' };

/**
 * Where a call to `path` (without leading slash) goes. As Grafana's proxy does: the first route whose method fits and whose path is the
 * beginning counts; with none the call goes on as it is, without a token.
 */
export function passageOf(
  routes: readonly ProxyRoute[],
  source: PreviewDataSource,
  { method, path, search, role }: { method: string; path: string; search: string; role: Role },
): Passage {
  const route = routes.find((one) => (one.method ?? method) === method && path.startsWith(one.path));
  if (route === undefined) return { kind: 'pass', url: `${source.url}/${path}${search}`, headers: {} };
  if (ROLES.indexOf(role) < ROLES.indexOf(route.reqRole ?? 'Viewer')) return { kind: 'denied' };
  const rest = path.slice(route.path.length).replace(/^\//, '');
  const base = filled(route.url, source);
  return {
    kind: 'pass',
    url: `${base}${rest === '' ? '' : `/${rest}`}${search}`,
    headers: Object.fromEntries((route.headers ?? []).map(({ name, content }) => [name, filled(content, source)])),
  };
}

/** `{{ .URL }}` and `{{ .SecureJsonData.name }}`; what is not set is empty. */
const filled = (template: string, { url, secrets }: PreviewDataSource): string =>
  template
    .replaceAll(/\{\{ *\.URL *\}\}/g, url)
    .replaceAll(/\{\{ *\.SecureJsonData\.(\w+) *\}\}/g, (_, name: string) => secrets[name] ?? '');

/** What Grafana's settings page of a data source is given: where it is, and which secrets are kept, never what they are. */
export const dataSourceSettings = ({ uid, name, url, secrets }: PreviewDataSource) => ({
  uid,
  name,
  url,
  access: 'proxy',
  isDefault: true,
  readOnly: true,
  jsonData: { hasOwnReadToken: 'readToken' in secrets },
  secureJsonFields: Object.fromEntries(Object.keys(secrets).map((secret) => [secret, true])),
});
