import type { DataSourceInstanceSettings } from '@grafana/data';
import { config } from '@grafana/runtime';
import { OrgRole } from '@grafana/data';
import { createContext, useContext, type ReactNode } from 'react';
import { createAgentClient, type AgentClient } from '../api/agent-client';
import { proxyTransport } from '../api/transport';

export type Agent = {
  client: AgentClient;
  dataSource: Pick<DataSourceInstanceSettings, 'uid' | 'name'>;
  /** Whether this user's role lets them change anything; the proxy route and the agent refuse it otherwise. */
  canEdit: boolean;
};

const AgentContext = createContext<Agent | null>(null);

export const AgentProvider = ({ agent, children }: { agent: Agent; children: ReactNode }) => (
  <AgentContext.Provider value={agent}>{children}</AgentContext.Provider>
);

/** The agent that the page talks to. */
export function useAgent(): Agent {
  const agent = useContext(AgentContext);
  if (agent === null) throw new Error('useAgent outside of AgentProvider');
  return agent;
}

export function agentOf(settings: DataSourceInstanceSettings): Agent {
  const { orgRole, isGrafanaAdmin } = config.bootData.user;
  return {
    client: createAgentClient(proxyTransport(settings.url ?? '')),
    dataSource: { uid: settings.uid, name: settings.name },
    canEdit: isGrafanaAdmin === true || orgRole === OrgRole.Editor || orgRole === OrgRole.Admin,
  };
}
