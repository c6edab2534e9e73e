import {
  DUTIES,
  isDuty,
  type AgentRecord,
  type Changes,
  type ClusterLease,
  type SharedState,
} from '../domain/ownership.ts';

/** Agents that start together wait for each other so long before they share out what there is. */
export const SETTLE_MS = 2_000;

type Holder = { agent: AgentRecord; names: string[] };

/**
 * What one agent should claim, promise away or release. All agents compute the same from the same state, and the state is changed by one at a
 * time, so that what they do fits together: each cluster has one owner, loads differ by one at most (as far as agents reach the
 * clusters), what is well placed stays, and nothing that is on its way moves again. Pure.
 */
export function balance(state: SharedState, me: string, leaseMs: number): Changes {
  const self = state.agents.find(({ id }) => id === me);
  if (!self || !takesPart(self)) return { claim: [], promise: [], release: [] };
  const plan = planOwners(state);
  const ownerOf = new Map(state.leases.map(({ name, owner }) => [name, owner]));
  // Who was cut off itself cannot tell who is dead: after an outage of the database everybody looks so.
  const judges = state.now - self.steadySince >= leaseMs;
  const mine = state.leases.filter(({ owner }) => owner === me);
  const release = mine.filter(({ name }) => !plan.has(name) || !reaches(self, name)).map(({ name }) => name);
  // Who has just come sees who else comes; nobody moves anything while others still arrive.
  const settled = state.now - self.startedAt >= SETTLE_MS;
  const allSettled = state.agents.every((agent) => !takesPart(agent) || state.now - agent.startedAt >= SETTLE_MS);
  const kept = new Set(release);
  return {
    claim: settled
      ? [...plan].flatMap(([name, { to, isFree }]) =>
          isFree && to === me && (judges || (ownerOf.get(name) ?? null) === null) ? [name] : [],
        )
      : [],
    promise: allSettled
      ? mine.flatMap(({ name, promisedTo }) => {
          const to = plan.get(name)?.to ?? me;
          return kept.has(name) || to === me || to === promisedTo ? [] : [{ name, to }];
        })
      : [],
    release,
  };
}

const takesPart = ({ isLive, isLeaving }: AgentRecord): boolean => isLive && !isLeaving;
const reaches = ({ outOfReach }: AgentRecord, name: string): boolean => !outOfReach.includes(name);

type Planned = { to: string | null; isFree: boolean };

/** The owner that each cluster and each duty should have; null: no agent reaches it. */
export function planOwners({ agents, leases, clusters }: SharedState): Map<string, Planned> {
  const holders = agents
    .filter(takesPart)
    .sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id))
    .map((agent): Holder => ({ agent, names: [] }));
  const byId = new Map(holders.map((holder) => [holder.agent.id, holder]));
  const isAlive = new Set(agents.filter(({ isLive }) => isLive).map(({ id }) => id));
  const leaseOf = new Map(leases.map((lease) => [lease.name, lease]));
  const plan = new Map<string, Planned>();
  const free: string[] = [];
  for (const name of [...clusters.map((cluster) => cluster.name).sort(compare), ...DUTIES]) {
    const lease = leaseOf.get(name);
    const holder = lease && holderOf(lease, byId);
    if (holder && reaches(holder.agent, name)) {
      if (!isDuty(name)) holder.names.push(name);
      plan.set(name, { to: holder.agent.id, isFree: false });
      // A living owner that is leaving puts it down itself.
    } else if (lease && lease.owner !== null && isAlive.has(lease.owner)) plan.set(name, { to: null, isFree: false });
    else free.push(name);
  }
  for (const name of free) {
    const to = least(holders.filter(({ agent }) => reaches(agent, name)));
    if (!isDuty(name)) to?.names.push(name);
    plan.set(name, { to: to?.agent.id ?? null, isFree: true });
  }
  const isFixed = new Set([...free, ...leases.filter(({ promisedTo }) => promisedTo !== null).map(({ name }) => name)]);
  for (let move = nextMove(holders, leaseOf, isFixed); move; move = nextMove(holders, leaseOf, isFixed)) {
    move.from.names = move.from.names.filter((name) => name !== move.name);
    move.to.names.push(move.name);
    isFixed.add(move.name);
    plan.set(move.name, { to: move.to.agent.id, isFree: false });
  }
  return plan;
}

/** What is promised to somebody who can take it counts as theirs already. */
const holderOf = ({ owner, promisedTo }: ClusterLease, byId: ReadonlyMap<string, Holder>): Holder | undefined => {
  const current = owner === null ? undefined : byId.get(owner);
  return current && ((promisedTo === null ? undefined : byId.get(promisedTo)) ?? current);
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The first of those with the fewest clusters. */
const least = (holders: readonly Holder[]): Holder | undefined =>
  holders.reduce<Holder | undefined>(
    (best, holder) => (best && best.names.length <= holder.names.length ? best : holder),
    undefined,
  );

type Move = { name: string; from: Holder; to: Holder };

/** From the fullest to the emptiest that can take one, while they differ by two or more; what came last goes first, since it is the least warm. */
function nextMove(
  holders: readonly Holder[],
  leaseOf: ReadonlyMap<string, ClusterLease>,
  isFixed: ReadonlySet<string>,
): Move | null {
  const byLoad = [...holders].sort((a, b) => b.names.length - a.names.length);
  for (const from of byLoad)
    for (const to of [...byLoad].reverse()) {
      if (from.names.length - to.names.length < 2) break;
      const since = (name: string) => leaseOf.get(name)?.since ?? 0;
      const movable = from.names.filter((name) => !isFixed.has(name) && reaches(to.agent, name));
      const [name] = movable.sort((a, b) => since(b) - since(a) || compare(a, b));
      if (name !== undefined) return { name, from, to };
    }
  return null;
}
