import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type Role = 'Viewer' | 'Editor' | 'Admin';
export const ROLES: readonly Role[] = ['Viewer', 'Editor', 'Admin'];

/** A way through the proxy of a data source, as plugin.json says it. */
export type ProxyRoute = {
  path: string;
  url: string;
  method?: string;
  reqRole?: Role;
  headers?: { name: string; content: string }[];
};

/** What the preview reads of a plugin.json; the rest goes to the page as it is. */
export type PluginJson = Record<string, unknown> & {
  id: string;
  type: string;
  name: string;
  includes?: { type: string; path?: string; name: string; role?: Role }[];
  routes?: ProxyRoute[];
};

/** A plugin and the folder that its own plugin.json stands in. */
export type PluginFolder = { json: PluginJson; folder: string };

const read = (file: string): PluginFolder => ({
  json: JSON.parse(readFileSync(file, 'utf8')) as PluginJson,
  folder: dirname(file),
});

/**
 * The app at `dist` and the plugins nested in it, each with the folder it is served from: like Grafana, a nested plugin by its own ID.
 * @throws where the app is not built
 */
export function pluginFolders(dist: string): PluginFolder[] {
  const app = read(join(dist, 'plugin.json'));
  const nested = (app.json.includes ?? []).filter(({ path }) => path?.endsWith('plugin.json'));
  return [app, ...nested.map(({ path }) => read(join(dist, path ?? '')))];
}
