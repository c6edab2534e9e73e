import { getDataSourceSrv } from '@grafana/runtime';

/** The data source of Prometheus that Explore should ask: the default one, else the first. null: there is none. */
export function prometheusUid(): string | null {
  const found = getDataSourceSrv().getList({ pluginId: 'prometheus' });
  return (found.find((one) => one.isDefault) ?? found[0])?.uid ?? null;
}
