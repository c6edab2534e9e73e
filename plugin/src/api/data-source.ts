import type { DataSourceInstanceSettings } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { DATASOURCE_TYPE } from '../ids';
import { AgentProblem } from './problem';

/** The data sources of HPA Watch that this user may use, the default one first. */
export function agentDataSources(): DataSourceInstanceSettings[] {
  const found = getDataSourceSrv().getList({ pluginId: DATASOURCE_TYPE });
  return [...found].sort((a, b) => Number(b.isDefault) - Number(a.isDefault) || a.name.localeCompare(b.name));
}

/** The one asked for, else the first. @throws AgentProblem `no-data-source` */
export function chooseDataSource(uid: string | null): DataSourceInstanceSettings {
  const all = agentDataSources();
  const chosen = all.find((one) => one.uid === uid) ?? all[0];
  if (chosen === undefined) throw new AgentProblem('no-data-source', 'No data source of HPA Watch is set up');
  return chosen;
}
