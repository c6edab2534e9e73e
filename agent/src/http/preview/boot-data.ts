import type { PreviewDataSource } from './data-source.ts';
import { ROLES, type PluginFolder, type Role } from './plugin-folders.ts';

/** Who looks, and how they like it; in cookies that the page sets, since there is no login here. */
export type Preferences = { theme: 'dark' | 'light'; language: string; role: Role };

const LANGUAGES = ['en-US', 'pt-BR'];
export const ROLE_COOKIE = 'hpa-watch-preview-role';
export const THEME_COOKIE = 'hpa-watch-preview-theme';
export const LANGUAGE_COOKIE = 'hpa-watch-preview-lang';

/** A wish that is none of what there is counts as none. */
export function preferencesOf(cookies: ReadonlyMap<string, string>): Preferences {
  const role = cookies.get(ROLE_COOKIE);
  const language = cookies.get(LANGUAGE_COOKIE) ?? '';
  return {
    theme: cookies.get(THEME_COOKIE) === 'light' ? 'light' : 'dark',
    language: LANGUAGES.includes(language) ? language : 'en-US',
    role: ROLES.find((one) => one === role) ?? 'Admin',
  };
}

type Stored = { jsonData: object };

/** What Grafana gives its frontend to start with (`window.grafanaBootData`), as far as the plugin can see it. */
export function bootData(
  base: string,
  plugins: readonly PluginFolder[],
  sources: readonly PreviewDataSource[],
  stored: (id: string) => Stored,
  { theme, language, role }: Preferences,
) {
  const metas = plugins.map(({ json }) => metaOf(json, stored(json.id)));
  const ofType = (type: string) => metas.filter((meta) => meta.type === type);
  const sourceType = ofType('datasource')[0];
  return {
    user: {
      id: 1,
      isSignedIn: true,
      login: role.toLowerCase(),
      name: role,
      orgId: 1,
      orgName: 'Preview',
      orgRole: role,
      orgCount: 1,
      isGrafanaAdmin: false,
      theme,
      lightTheme: theme === 'light',
      language,
      locale: language,
      regionalFormat: language,
      timezone: 'browser',
      weekStart: 'browser',
      permissions: {},
    },
    settings: {
      appSubUrl: base,
      appUrl: `${base}/`,
      buildInfo: { version: '12.3.3', commit: 'preview', env: 'production', edition: 'Open Source' },
      defaultDatasource: sources[0]?.name ?? '',
      exploreEnabled: false,
      liveEnabled: false,
      featureToggles: {},
      panels: Object.fromEntries(ofType('panel').map((meta) => [meta.id, { ...meta, sort: 1, skipDataQuery: false }])),
      apps: Object.fromEntries(ofType('app').map((meta) => [meta.id, { ...meta, path: meta.module }])),
      datasources: Object.fromEntries(
        sources.map(({ uid, name }, index) => [
          name,
          {
            id: index + 1,
            uid,
            name,
            type: sourceType?.id,
            isDefault: index === 0,
            access: 'proxy',
            url: `${base}/api/datasources/proxy/uid/${uid}`,
            meta: sourceType,
            jsonData: {},
            readOnly: true,
          },
        ]),
      ),
    },
    navTree: [],
    metas,
  };
}

type Json = PluginFolder['json'];

function metaOf(json: Json, { jsonData }: Stored) {
  const baseUrl = `public/plugins/${json.id}`;
  const info = json['info'] as { logos: { small: string; large: string } };
  return {
    ...json,
    info: {
      ...info,
      logos: { small: `${baseUrl}/${info.logos.small}`, large: `${baseUrl}/${info.logos.large}` },
    },
    module: `${baseUrl}/module.js`,
    baseUrl,
    enabled: true,
    pinned: true,
    jsonData,
    secureJsonFields: {},
    // The ways through the proxy are the server's matter.
    routes: undefined,
  };
}
