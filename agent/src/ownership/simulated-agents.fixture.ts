import type { Clock } from '../core/clock.ts';
import { silentLogger } from '../core/logger.ts';
import type { LeaseTable } from '../domain/ownership.ts';
import { startSharing, type Sharing, type SharingTiming } from './sharing.ts';

export const TIMING: SharingTiming = { leaseMs: 15_000, renewMs: 5_000, lookMs: 1_500 };

export type SimulatedAgent = {
  name: string;
  sharing: Sharing;
  /** What it watches, as it was told. */
  watched: Set<string>;
  /** What happened to it, oldest first. */
  told: string[];
  /** From here on nothing of it happens any more (kill -9), until `thaw` (SIGSTOP, SIGCONT). */
  freeze(): void;
  thaw(): void;
};

export type SimulatedOptions = {
  name: string;
  table: LeaseTable;
  clock: Clock;
  /** In [0, 1). */
  random?: () => number;
  home?: string;
  timing?: SharingTiming;
  outOfReach?: readonly string[];
  /** How long it takes to put a cluster down. */
  loseMs?: number;
  monotonic?: () => number;
};

let runs = 0;

/** An agent that only owns: the real keeper of leases, and a set for what it watches. */
export function simulateAgent(options: SimulatedOptions): SimulatedAgent {
  const { name, table, clock, random = () => 0.5, home = name, timing = TIMING, outOfReach = [], loseMs = 0 } = options;
  const watched = new Set<string>();
  const told: string[] = [];
  let frozen = false;
  let missed: (() => void)[] = [];
  const act = (fn: () => void) => (frozen ? void missed.push(fn) : fn());
  const itsClock: Clock = { now: () => clock.now(), after: (ms, fn) => clock.after(ms, () => act(fn)) };
  const sharing = startSharing({
    table,
    clock: itsClock,
    monotonic: options.monotonic ?? (() => clock.now()),
    random,
    logger: silentLogger,
    identity: () => ({ id: `${name}#${(runs += 1)}`, name, version: 'test', url: null, home }),
    timing,
    declared: [],
    follow: () => undefined,
    outOfReach: () => outOfReach,
    async gain(cluster) {
      watched.add(cluster);
      told.push(`gained ${cluster}`);
    },
    async lose(cluster, isOurs) {
      if (loseMs > 0) await new Promise<void>((resolve) => itsClock.after(loseMs, resolve));
      watched.delete(cluster);
      told.push(`${isOurs ? 'gave' : 'lost'} ${cluster}`);
    },
    hear: ({ cluster, kind, about }) => void told.push(`heard ${kind} ${cluster} ${about}`.trim()),
  });
  return {
    name,
    sharing,
    watched,
    told,
    freeze: () => void (frozen = true),
    thaw() {
      frozen = false;
      for (const fn of missed.splice(0)) fn();
      missed = [];
    },
  };
}

/** Every cluster with those who watch it. */
export function watchersOf(agents: readonly SimulatedAgent[], clusters: readonly string[]): Map<string, string[]> {
  return new Map(
    clusters.map((cluster) => [cluster, agents.filter(({ watched }) => watched.has(cluster)).map(({ name }) => name)]),
  );
}

/** Whether each cluster has one of these agents, and no agent more than one more than another. */
export function isSettled(agents: readonly SimulatedAgent[], clusters: readonly string[]): boolean {
  const watchers = watchersOf(agents, clusters);
  const loads = agents.map(({ watched }) => watched.size);
  return [...watchers.values()].every(({ length }) => length === 1) && Math.max(...loads) - Math.min(...loads) <= 1;
}
