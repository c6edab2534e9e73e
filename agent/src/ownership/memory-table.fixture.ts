import type { Clock } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import type { AgentIdentity, LeaseTable, Notice, SharedCluster, SharedState } from '../domain/ownership.ts';

type AgentRow = AgentIdentity & {
  startedAt: number;
  seenAt: number;
  steadySince: number;
  expiresAt: number;
  isLeaving: boolean;
  outOfReach: readonly string[];
};
type LeaseRow = { name: string; owner: string | null; fence: number; since: number; promisedTo: string | null };

export type MemoryTable = LeaseTable & {
  setClusters(names: readonly string[]): void;
  /** By cluster: each owner it ever had, in their order. */
  owners: Map<string, string[]>;
  /** Nobody reaches the database. */
  isDown: boolean;
};

/** A lease table as the database keeps it: whatever is asked, nobody who owns something finds another owner at the same fence. */
export function memoryTable(clock: Pick<Clock, 'now'>): MemoryTable {
  const agents = new Map<string, AgentRow>();
  const leases = new Map<string, LeaseRow>();
  const owners = new Map<string, string[]>();
  const notices: (Notice & { id: string; sender: string })[] = [];
  let clusters: SharedCluster[] = [];

  function give(name: string, owner: string | null): void {
    const before = leases.get(name);
    leases.set(name, { name, owner, fence: (before?.fence ?? 0) + 1, since: clock.now(), promisedTo: null });
    if (owner !== null) owners.set(name, [...(owners.get(name) ?? []), owner]);
  }
  const isLive = (id: string | null) => id !== null && (agents.get(id)?.expiresAt ?? 0) > clock.now();
  function bury(id: string): void {
    agents.delete(id);
    for (const { name, owner } of [...leases.values()]) if (owner === id) give(name, null);
  }
  const table: MemoryTable = {
    owners,
    isDown: false,
    setClusters(names) {
      clusters = names.map((name) => ({
        name,
        reach: { kind: 'context', context: name },
        source: 'config',
        prometheus: null,
        createdAt: 0,
      }));
    },
    async join(agent, leaseMs) {
      assertUp();
      for (const { id, home } of [...agents.values()]) if (home === agent.home) bury(id);
      const now = clock.now();
      agents.set(agent.id, {
        ...agent,
        startedAt: now,
        seenAt: now,
        steadySince: now,
        expiresAt: now + leaseMs,
        isLeaving: false,
        outOfReach: [],
      });
    },
    async renew(id, leaseMs, outOfReach) {
      assertUp();
      const agent = agents.get(id);
      if (!agent) return false;
      const now = clock.now();
      if (agent.expiresAt <= now) agent.steadySince = now;
      Object.assign(agent, { seenAt: now, expiresAt: now + leaseMs, outOfReach });
      return true;
    },
    async read() {
      assertUp();
      return stateNow();
    },
    async change(id, wanted) {
      assertUp();
      const { claim, promise, release } = wanted(stateNow());
      if (!agents.has(id)) return true;
      for (const name of claim) {
        const { owner = null } = leases.get(name) ?? {};
        if (isLive(owner)) continue;
        if (owner !== null) bury(owner);
        give(name, id);
      }
      for (const { name, to } of promise) {
        const lease = leases.get(name);
        if (lease?.owner === id) lease.promisedTo = to;
      }
      for (const name of release) if (leases.get(name)?.owner === id) give(name, null);
      return true;
    },
    async handOver(id, name, fence) {
      assertUp();
      const lease = leases.get(name);
      if (lease?.owner === id && lease.fence === fence && lease.promisedTo !== null)
        give(name, isLive(lease.promisedTo) ? lease.promisedTo : null);
    },
    async announceLeave(id) {
      assertUp();
      const agent = agents.get(id);
      if (agent) agent.isLeaving = true;
    },
    async leave(id) {
      assertUp();
      bury(id);
    },
    async free(name) {
      assertUp();
      give(name, null);
    },
    async tell(sender, notice) {
      assertUp();
      notices.push({ ...notice, sender, id: String(notices.length) });
    },
  };
  return table;

  function assertUp(): void {
    if (table.isDown)
      throw new AgentError('storage/unreachable', 'The database cannot be reached', { retryable: true });
  }

  function stateNow(): SharedState {
    return {
      now: clock.now(),
      agents: [...agents.values()].map(({ expiresAt: _, ...agent }) => ({
        ...agent,
        isLive: isLive(agent.id),
        isDead: false,
      })),
      leases: [...leases.values()].map((lease) => ({ ...lease })),
      clusters,
      notices: [...notices],
    };
  }
}
