import type { DataSourceApi, DataSourceInstanceSettings, DataSourcePlugin, DataSourceRef } from '@grafana/data';
import { getTemplateSrv, type DataSourceSrv, type GetDataSourceListFilters } from '@grafana/runtime';
import { bootData } from '../boot-data';
import { loadPlugin } from '../load-plugin';

type Ref = DataSourceRef | string | null | undefined;

const all = (): DataSourceInstanceSettings[] => Object.values(bootData().settings.datasources);

function settingsOf(ref: Ref): DataSourceInstanceSettings | undefined {
  const asked = typeof ref === 'string' ? ref : ref?.uid;
  if (asked === undefined || asked === '' || asked === 'default') return all()[0];
  const wanted = getTemplateSrv().replace(asked);
  return all().find(({ uid, name }) => uid === wanted || name === wanted);
}

const fits =
  ({ pluginId, type, metrics, annotations, filter }: GetDataSourceListFilters) =>
  (one: DataSourceInstanceSettings): boolean =>
    (pluginId === undefined || one.meta.id === pluginId) &&
    (type === undefined || (Array.isArray(type) ? type.includes(one.type) : type === one.type)) &&
    (metrics !== true || one.meta.metrics === true) &&
    (annotations !== true || one.meta.annotations === true) &&
    (filter?.(one) ?? true);

const instances = new Map<string, Promise<DataSourceApi>>();

async function create(settings: DataSourceInstanceSettings): Promise<DataSourceApi> {
  const plugin = await loadPlugin<DataSourcePlugin<never>>(settings.type);
  const DataSourceClass = plugin.DataSourceClass as unknown as new (
    settings: DataSourceInstanceSettings,
  ) => DataSourceApi;
  const instance = new DataSourceClass(settings);
  instance.components = plugin.components as never;
  instance.meta = settings.meta;
  return instance;
}

export const dataSourceSrv: DataSourceSrv = {
  async get(ref) {
    const settings = settingsOf(ref);
    if (settings === undefined) throw new Error(`Data source ${JSON.stringify(ref)} was not found`);
    const instance = instances.get(settings.uid) ?? create(settings);
    instances.set(settings.uid, instance);
    return instance;
  },
  getList: (filters = {}) => all().filter(fits(filters)),
  getInstanceSettings: settingsOf,
  reload: () => instances.clear(),
  registerRuntimeDataSource: () => {
    throw new Error('The preview has no runtime data sources');
  },
};
