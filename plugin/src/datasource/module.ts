import { DataSourcePlugin } from '@grafana/data';
import { initNestedTranslations } from '../locales/load-nested';
import { AgentDataSource } from './AgentDataSource';
import { ConfigEditor } from './ConfigEditor';
import { QueryEditor } from './QueryEditor';
import type { HpaWatchQuery } from './query-model';
import type { AgentOptions, AgentSecrets } from './settings';

await initNestedTranslations();

export const plugin = new DataSourcePlugin<AgentDataSource, HpaWatchQuery, AgentOptions, AgentSecrets>(AgentDataSource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);
