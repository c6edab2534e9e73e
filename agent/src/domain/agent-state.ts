/** One of the agents that share a database, as people see it. Times are epoch ms. */
export type AgentState = {
  id: string;
  name: string;
  version: string;
  url: string | null;
  startedAt: number;
  seenAt: number;
  state: 'live' | 'unsure' | 'leaving' | 'silent' | 'left' | 'lost';
  clusters: { cluster: string; since: number; fence: number | null }[];
  duties: string[];
  cannotReach: readonly string[];
};
