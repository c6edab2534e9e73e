import type { Cancel, Clock } from '../core/clock.ts';
import { toAgentError } from '../core/errors.ts';
import {
  isDuty,
  type Duty,
  type LeaseTable,
  type Notice,
  type SharedCluster,
  type SharedState,
} from '../domain/ownership.ts';
import type { SharingState } from './agent-states.ts';
import { balance } from './balance.ts';
import { createByName } from './by-name.ts';
import { createHeartbeat, type HeartbeatDeps } from './heartbeat.ts';
import { createNotices } from './notices.ts';

export type SharingDeps = Pick<HeartbeatDeps, 'monotonic' | 'logger' | 'identity' | 'declared'> & {
  table: LeaseTable;
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  timing: SharingTiming;
  /** The list of all agents, whenever it was read. */
  follow(clusters: readonly SharedCluster[]): void;
  /** Which of them cannot be watched from here. */
  outOfReach(clusters: readonly SharedCluster[]): readonly string[];
  /** From now on this agent watches the cluster. */
  gain(cluster: string): Promise<void>;
  /** It does no longer. Resolves when nothing is under way for it; `isOurs`: until then it may still be written. */
  lose(cluster: string, isOurs: boolean): Promise<void>;
  /** Another agent was asked for something that concerns a cluster; also where this one does not own it. */
  hear: (notice: Notice) => void;
};

export type SharingTiming = {
  /** So long after its last sign of life an agent counts as dead. */
  leaseMs: number;
  renewMs: number;
  /** How often it looks what there is to take. */
  lookMs: number;
};

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

const BUSY_MS = 200;
const STOP_MS = 1_000;
const none: Cancel = () => undefined;

/** Keeps this agent's heartbeat, takes and gives away clusters, and tells the agent what it has gained and lost. */
export function startSharing(deps: SharingDeps): Sharing {
  const { table, clock, logger, timing } = deps;
  const held = new Map<string, Held>();
  const givingAway = new Set<string>();
  const hear = createNotices(deps.hear);
  const work = createByName((cluster, error) =>
    logger.error({ cluster, err: toAgentError(error) }, 'a change of the owner could not be followed'),
  );
  const heart = createHeartbeat({ ...deps, leaseMs: timing.leaseMs });
  const id = () => heart.identity().id;
  const clustersHeld = () => [...held.keys()].filter((name) => !isDuty(name));
  let read: SharedState | null = null;
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

  /** Waits for nothing else, however long that takes. */
  async function keepAlive(): Promise<void> {
    if (left || heart.joinedAt() === null) return;
    const before = id();
    if (await heart.renew(outOfReach)) return;
    await inTurn(async () => (before === id() && heart.joinedAt() !== null ? stepBack() : undefined));
  }

  /** Others gave this agent up for dead and took what it had. */
  function stepBack(): void {
    const clusters = clustersHeld();
    logger.warn(
      { clusters, agent: heart.identity().name, silentMs: Math.round(heart.silentMs()) },
      'this agent gave no sign of life for longer than a lease, so others took over: it steps back and joins anew',
    );
    heart.end();
    held.clear();
    for (const name of clusters) void work.run(name, () => deps.lose(name, false));
  }

  async function look(): Promise<void> {
    if (heart.joinedAt() === null) {
      if (halted) return;
      await heart.join();
    }
    read = await table.read();
    deps.follow(read.clusters);
    const before = outOfReach;
    outOfReach = deps.outOfReach(read.clusters);
    reconcile(read);
    hear(read.notices, id());
    if (outOfReach.join() !== before.join() && !(await heart.renew(outOfReach))) return stepBack();
    const wanted = (now: SharedState) => balance(now, id(), timing.leaseMs);
    if (halted || heart.joinedAt() === null || isNothing(wanted(read))) return;
    if (!(await table.change(id(), wanted))) return lookSoon();
    read = await table.read();
    reconcile(read);
  }

  function reconcile({ leases }: SharedState): void {
    const mine = new Map(leases.filter(({ owner }) => owner === id()).map((lease) => [lease.name, lease]));
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
    const giver = id();
    const giving = async () => {
      if (held.get(name)?.fence !== fence) return;
      if (!isDuty(name)) await deps.lose(name, true);
      await inTurn(async () => {
        // Renewed and lost meanwhile: there is nothing left to give.
        if (giver !== id() || held.get(name)?.fence !== fence) return;
        await table.handOver(giver, name, fence);
        held.delete(name);
        logger.info({ cluster: name }, 'handed over to another agent');
      });
    };
    void work.run(name, () => giving().finally(() => givingAway.delete(name)));
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
    heart.missed(clustersHeld);
  }

  function state(): SharingState {
    const since = heart.joinedAt();
    if (halted) return { kind: 'leaving' };
    if (since === null) return { kind: 'joining' };
    if (heart.isSure()) return { kind: 'live', since };
    return { kind: 'unsure', since: Math.round(clock.now() - heart.silentMs() + timing.leaseMs) };
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
  void lookNow();
  timers.renew = clock.after(timing.renewMs, () => void renewNow());

  return {
    state,
    id,
    held: () => held,
    owns: (name) => held.has(name),
    hasDuty: (duty) => held.has(duty),
    isSure: (name) => held.has(name) && heart.isSure(),
    shared: () => read,
    look: lookNow,
    doubt: () => void renewNow().then(lookNow),
    async halt() {
      halted = true;
      if (heart.joinedAt() !== null) await inTime(inTurn(() => table.announceLeave(id())));
    },
    async leave() {
      halted = true;
      await inTime(work.idle());
      left = true;
      timers.look();
      timers.renew();
      await inTime(inTurn(async () => (heart.joinedAt() === null ? undefined : table.leave(id()))));
      held.clear();
    },
  };
}

const isNothing = ({ claim, promise, release }: ReturnType<typeof balance>): boolean =>
  claim.length + promise.length + release.length === 0;
