import { HOUR } from '../core/clock.ts';
import type { AgentState } from '../domain/agent-state.ts';
import { isDuty, type AgentRecord, type SharedState } from '../domain/ownership.ts';

/** Where an agent stands by what it knows itself. */
export type SharingState =
  | { kind: 'joining' }
  | { kind: 'live'; since: number }
  /** The database has not answered for longer than a lease: others may have taken over, if they reach it. */
  | { kind: 'unsure'; since: number }
  | { kind: 'leaving' };

/** An agent that is gone is shown for so long, where none of its name has come since. */
const SHOWN_MS = HOUR;

/** All agents as people see them; `self`: what this one knows better than the database does. */
export function agentStates(shared: SharedState, self: { id: string; state: SharingState }): AgentState[] {
  const present = new Set(shared.agents.filter(({ isLive }) => isLive).map(({ name }) => name));
  return shared.agents
    .filter(({ isLive, name, seenAt }) => isLive || (!present.has(name) && shared.now - seenAt < SHOWN_MS))
    .map((agent) => {
      const { id, name, version, url, startedAt, seenAt, outOfReach } = agent;
      const own = shared.leases.filter(({ owner }) => owner === id);
      return {
        id,
        name,
        version,
        url,
        startedAt,
        seenAt,
        state: id === self.id && self.state.kind === 'unsure' ? 'unsure' : stateOf(agent),
        clusters: own
          .filter((lease) => !isDuty(lease.name))
          .map((lease) => ({ cluster: lease.name, since: lease.since, fence: lease.fence })),
        duties: own.filter((lease) => isDuty(lease.name)).map((lease) => lease.name.slice(1)),
        cannotReach: outOfReach,
      };
    });
}

function stateOf({ isLive, isDead, isLeaving }: AgentRecord): AgentState['state'] {
  if (isDead) return isLeaving ? 'left' : 'lost';
  if (!isLive) return 'silent';
  return isLeaving ? 'leaving' : 'live';
}
