import { OrgRole, type DataSourceInstanceSettings } from '@grafana/data';
import { config } from '@grafana/runtime';
import { createAgentClient, type AgentClient } from './agent-client';
import { chooseDataSource } from './data-source';
import { AgentProblem } from './problem';
import { proxyTransport } from './transport';

/** An agent as this user may use it. */
export type Agent = {
  client: AgentClient;
  dataSource: Pick<DataSourceInstanceSettings, 'uid' | 'name'>;
  /** Whether this user's role lets them change anything; the proxy route and the agent refuse it otherwise. */
  canEdit: boolean;
};

export function agentOf(settings: DataSourceInstanceSettings): Agent {
  const { orgRole, isGrafanaAdmin } = config.bootData.user;
  return {
    client: createAgentClient(proxyTransport(settings.url ?? '')),
    dataSource: { uid: settings.uid, name: settings.name },
    canEdit: isGrafanaAdmin === true || orgRole === OrgRole.Editor || orgRole === OrgRole.Admin,
  };
}

/** The agent behind the data source of that uid, else behind the first of ours; without any the problem. */
export function agentOrProblem(uid: string | null): Agent | AgentProblem {
  try {
    return agentOf(chooseDataSource(uid));
  } catch (error) {
    if (error instanceof AgentProblem) return error;
    throw error;
  }
}
