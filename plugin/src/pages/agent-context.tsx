import { createContext, useContext, type ReactNode } from 'react';
import type { Agent } from '../api/agent';

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
