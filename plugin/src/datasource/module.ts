import { DataSourcePlugin } from '@grafana/data';
import { AgentDataSource } from './AgentDataSource';

export const plugin = new DataSourcePlugin(AgentDataSource);
