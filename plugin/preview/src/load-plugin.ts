import type { AppPlugin, DataSourcePlugin, PanelPlugin, PluginMeta } from '@grafana/data';
import { bootData } from './boot-data';

type Loaded = { plugin: AppPlugin | DataSourcePlugin<never> | PanelPlugin };
/** A bundle that awaits something at its top is a promise of its exports. */
type Exports = Loaded | { default: PromiseLike<Loaded> };

const loading = new Map<string, Promise<Loaded>>();

/** The plugin's own module.js by its ID, from the folder that Grafana serves it from; loaded once. */
export async function loadPlugin<T extends AppPlugin | PanelPlugin | DataSourcePlugin<never>>(id: string): Promise<T> {
  const meta = metaOf(id);
  const load = loading.get(id) ?? System.import<Exports>(new URL(meta.module, document.baseURI).href).then(exportsOf);
  loading.set(id, load);
  const { plugin } = await load;
  plugin.meta = meta;
  return plugin as T;
}

const exportsOf = (exports: Exports): PromiseLike<Loaded> | Loaded => ('plugin' in exports ? exports : exports.default);

/** @throws Error where the app has no plugin of this ID */
export function metaOf(id: string): PluginMeta {
  const meta = bootData().metas.find((one) => one.id === id);
  if (meta === undefined) throw new Error(`There is no plugin ${id}`);
  return meta;
}
