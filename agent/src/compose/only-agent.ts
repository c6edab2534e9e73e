import type { AgentState } from '../domain/agent-state.ts';
import type { Cluster } from '../domain/cluster.ts';

/** The one agent of a database that nobody shares. */
export const onlyAgent = (
  alone: Pick<AgentState, 'id' | 'name' | 'version' | 'startedAt'>,
  clusters: readonly Cluster[],
  url: string | null,
  now: number,
): AgentState => ({
  ...alone,
  url,
  seenAt: now,
  state: 'live',
  clusters: clusters.map(({ name }) => ({ cluster: name, since: alone.startedAt, fence: null })),
  duties: ['housekeeping', 'notifications'],
  cannotReach: [],
});
