import type { Cancel, Clock } from '../core/clock.ts';
import { toAgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Cluster } from '../domain/cluster.ts';
import {
  isDuty,
  type AgentIdentity,
  type Duty,
  type LeaseTable,
  type Notice,
  type SharedCluster,
  type SharedState,
} from '../domain/ownership.ts';
import { balance } from './balance.ts';
import { createByName } from './by-name.ts';

export type SharingDeps = {
  table: LeaseTable;
  clock: Clock;
  /** Goes on evenly whatever happens to the clock, ms. */
  monotonic(): number;
  /** In [0, 1). */
  random(): number;
  logger: Logger;
  /** A new one for each time it joins. */
  identity(): AgentIdentity;
  timing: SharingTiming;
  /** The clusters of its settings. */
  declared: readonly Cluster[];
  /** The list of all agents, whenever it was read. */
  follow(clusters: readonly SharedCluster[]): void;
  /** Which of them cannot be watched from here. */
  outOfReach(clusters: readonly SharedCluster[]): readonly string[];
  /** From now on this agent watches the cluster. */
  gain(cluster: string): Promise<void>;
  /** It does no longer. Resolves when nothing is under way for it; `isOurs`: until then it may still be written. */
  lose(cluster: string, isOurs: boolean): Promise<void>;
  /** Another agent was asked for something that concerns a cluster; also where this one does not own it. */
  hear(notice: Notice): void;
};

export type SharingTiming = {
  /** So long after its last sign of life an agent counts as dead. */
  leaseMs: number;
  renewMs: number;
  /** How often it looks what there is to take. */
  lookMs: number;
};

export type SharingState =
  | { kind: 'joining' }
  | { kind: 'live'; since: number }
  /** The database has not answered for longer than a lease: others may have taken over, if they reach it. */
  | { kind: 'unsure'; since: number }
  | { kind: 'leaving' };

export type Held = { fence: number; since: number };

export type Sharing = {
  state(): SharingState;
  id(): string;
  /** What this agent owns, by cluster or duty; for the guard of every write. */
  held(): ReadonlyMap<string, Held>;
  owns(name: string): boolean;
  hasDuty(duty: Duty): boolean;
  /** It has it, and by its own clock nobody can have taken it. */
  isSure(name: string): boolean;
  /** What was read last; null before the first look. */
  shared(): SharedState | null;
  /** Looks at once. */
  look(): Promise<void>;
  /** A write was refused: looks and renews at once. */
  doubt(): void;
  /** Takes nothing more, gives nothing away; what it has it keeps alive. */
  halt(): Promise<void>;
  /** Frees all that it owns, when nothing is under way any more. */
  leave(): Promise<void>;
};

/** Keeps this agent's heartbeat, takes and gives away clusters, and tells the agent what it has gained and lost. */
export function startSharing(deps: SharingDeps): Sharing {
  const { table, clock, logger, timing } = deps;
  const held = new Map<string, Held>();
  const givingAway = new Set<string>();
  const heard = new Set<string>();
  const work = createByName((cluster, error) =>
    logger.error({ cluster, err: toAgentError(error) }, 'a change of the owner could not be followed'),
  );
  let identity = deps.identity();
  let joinedAt: number | null = null;
  let renewedAt = -Infinity;
  let unsureSince: number | null = null;
  let state: SharedState | null = null;
  let outOfReach: readonly string[] = [];
  let halted = false;
  let left = false;
  let failing = false;
  const timers = { look: none, renew: none };
  /** What reads leases and what changes them take turns, so that nothing that was read is older than what was done. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const mine = turn.then(run);
    turn = mine.catch(() => undefined);
    return mine;
  };

  async function join(): Promise<void> {
    const sentAt = deps.monotonic();
    identity = deps.identity();
    await table.join(identity, timing.leaseMs, deps.declared);
    joinedAt = clock.now();
    renewedAt = sentAt;
    logger.info({ agent: identity.name, id: identity.id }, 'joined the agents that share the clusters');
  }

  /** false: others have taken over. */
  async function renew(): Promise<boolean> {
    const { id } = identity;
    const sentAt = deps.monotonic();
    if (!(await table.renew(id, timing.leaseMs, outOfReach))) return false;
    if (id !== identity.id) return true;
    renewedAt = sentAt;
    if (unsureSince !== null) logger.info('the lease is renewed again; nobody took over meanwhile');
    unsureSince = null;
    return true;
  }

  /** Waits for nothing else, however long that takes. */
  async function keepAlive(): Promise<void> {
    if (left || joinedAt === null) return;
    const { id } = identity;
    if (!(await renew())) await inTurn(async () => (id === identity.id && joinedAt !== null ? stepBack() : undefined));
  }

  /** Others gave this agent up for dead and took what it had. */
  function stepBack(): void {
    const clusters = [...held.keys()].filter((name) => !isDuty(name));
    logger.warn(
      { clusters, agent: identity.name, silentMs: Math.round(deps.monotonic() - renewedAt) },
      'this agent gave no sign of life for longer than a lease, so others took over: it steps back and joins anew',
    );
    joinedAt = null;
    unsureSince = null;
    held.clear();
    for (const name of clusters) void work.run(name, () => deps.lose(name, false));
  }

  async function look(): Promise<void> {
    if (joinedAt === null) await join();
    state = await table.read();
    deps.follow(state.clusters);
    const before = outOfReach;
    outOfReach = deps.outOfReach(state.clusters);
    reconcile(state);
    hearNotices(state);
    if (outOfReach.join() !== before.join() && !(await renew())) return stepBack();
    const wanted = (now: SharedState) => balance(now, identity.id, timing.leaseMs);
    if (halted || joinedAt === null || isNothing(wanted(state))) return;
    if (!(await table.change(identity.id, wanted))) return lookSoon();
    state = await table.read();
    reconcile(state);
  }

  function reconcile({ leases }: SharedState): void {
    const mine = new Map(leases.filter(({ owner }) => owner === identity.id).map((lease) => [lease.name, lease]));
    for (const [name, { fence }] of [...held]) if (mine.get(name)?.fence !== fence) drop(name);
    for (const [name, { fence, since, promisedTo }] of mine) {
      if (!held.has(name) && !halted) take(name, { fence, since });
      if (promisedTo !== null && held.has(name) && !halted) giveAway(name, fence);
    }
  }

  function take(name: string, lease: Held): void {
    held.set(name, lease);
    if (isDuty(name)) return;
    logger.info({ cluster: name, fence: lease.fence }, 'this agent watches the cluster from now on');
    void work.run(name, async () => {
      if (held.get(name) === lease) await deps.gain(name);
    });
  }

  function drop(name: string): void {
    held.delete(name);
    if (isDuty(name)) return;
    logger.info({ cluster: name }, 'this agent watches the cluster no longer');
    void work.run(name, () => deps.lose(name, false));
  }

  function giveAway(name: string, fence: number): void {
    if (givingAway.has(name)) return;
    givingAway.add(name);
    const { id } = identity;
    const giving = async () => {
      if (held.get(name)?.fence !== fence) return;
      if (!isDuty(name)) await deps.lose(name, true);
      await inTurn(async () => {
        // Renewed and lost meanwhile: there is nothing left to give.
        if (id !== identity.id || held.get(name)?.fence !== fence) return;
        await table.handOver(id, name, fence);
        held.delete(name);
        logger.info({ cluster: name }, 'handed over to another agent');
      });
    };
    void work.run(name, () => giving().finally(() => givingAway.delete(name)));
  }

  function hearNotices({ notices }: SharedState): void {
    const ids = new Set(notices.map(({ id }) => id));
    for (const id of heard) if (!ids.has(id)) heard.delete(id);
    for (const { id, sender, ...notice } of notices) {
      if (heard.has(id)) continue;
      heard.add(id);
      if (sender !== identity.id) deps.hear(notice);
    }
  }

  /** Runs it now and again each `everyMs`; a failure is told once, and the time since the last renewal says what it means. */
  async function repeat(which: keyof typeof timers, everyMs: number, run: () => Promise<void>): Promise<void> {
    timers[which]();
    try {
      await run();
      if (failing) logger.info('the database that the agents share answers again');
      failing = false;
    } catch (error) {
      if (!left) onFailure(error);
    }
    timers[which]();
    if (!left) timers[which] = clock.after(everyMs, () => void repeat(which, everyMs, run));
  }

  function onFailure(error: unknown): void {
    if (!failing)
      logger.warn({ err: toAgentError(error) }, 'the database that the agents share does not answer; trying again');
    failing = true;
    if (unsureSince !== null || joinedAt === null || deps.monotonic() - renewedAt < timing.leaseMs) return;
    unsureSince = clock.now();
    logger.warn(
      { clusters: [...held.keys()].filter((name) => !isDuty(name)) },
      'the lease could not be renewed in time: others may have taken over. This agent writes only what they have not',
    );
  }

  /** Others are at it: not all at the same moment again. */
  function lookSoon(): void {
    clock.after(BUSY_MS * (0.5 + deps.random()), () => void lookNow());
  }

  const lookNow = () => repeat('look', timing.lookMs, () => inTurn(async () => (left ? undefined : look())));
  const renewNow = () => repeat('renew', timing.renewMs, keepAlive);
  /** The agent has 5 s to stop, whatever the database does. */
  const inTime = (done: Promise<unknown>): Promise<unknown> =>
    Promise.race([done.catch(() => undefined), new Promise<void>((resolve) => clock.after(STOP_MS, resolve))]);
  const isUnsure = () => joinedAt !== null && deps.monotonic() - renewedAt >= timing.leaseMs;
  void lookNow();
  timers.renew = clock.after(timing.renewMs, () => void renewNow());

  return {
    state: () =>
      halted
        ? { kind: 'leaving' }
        : joinedAt === null
          ? { kind: 'joining' }
          : isUnsure()
            ? { kind: 'unsure', since: Math.round(clock.now() - (deps.monotonic() - renewedAt - timing.leaseMs)) }
            : { kind: 'live', since: joinedAt },
    id: () => identity.id,
    held: () => held,
    owns: (name) => held.has(name),
    hasDuty: (duty) => held.has(duty),
    isSure: (name) => held.has(name) && deps.monotonic() - renewedAt < timing.leaseMs,
    shared: () => state,
    look: lookNow,
    doubt: () => void renewNow().then(lookNow),
    async halt() {
      halted = true;
      if (joinedAt === null) return;
      await inTime(inTurn(() => table.announceLeave(identity.id)));
    },
    async leave() {
      halted = true;
      await inTime(work.idle());
      left = true;
      timers.look();
      timers.renew();
      await inTime(inTurn(async () => (joinedAt === null ? undefined : table.leave(identity.id))));
      held.clear();
    },
  };
}

const BUSY_MS = 200;
const STOP_MS = 1_000;
const none: Cancel = () => undefined;
const isNothing = ({ claim, promise, release }: ReturnType<typeof balance>): boolean =>
  claim.length + promise.length + release.length === 0;
