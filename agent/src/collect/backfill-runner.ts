import pLimit from 'p-limit';
import { backoffMs, withJitter } from '../core/backoff.ts';
import { SECOND, sleep, type Clock } from '../core/clock.ts';
import { toAgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Store } from '../storage/store.ts';
import type { ClusterSession, Collector } from './collector.ts';

export type BackfillRunnerDeps = {
  store: Pick<Store, 'dueBackfills'>;
  collector: Pick<Collector, 'backfill'>;
  clock: Clock;
  random: () => number;
  logger: Logger;
  clusters(): string[];
  session(cluster: string, signal: AbortSignal): Promise<ClusterSession>;
  /** Clusters whose history is collected at the same time. */
  concurrency: number;
};

export type BackfillRunner = {
  /** Looks now whether this cluster has something to collect. */
  kick(cluster: string): void;
  /** Aborts what runs for a cluster; resolves when it has settled. */
  drop(cluster: string): Promise<void>;
  /** Aborts what runs; resolves when it has settled. */
  stop(): Promise<void>;
};

/** Asking whether a cluster can be reached costs nothing, and nobody waits for history longer than needed once it can. */
const RETRY = { minMs: SECOND, maxMs: 10 * SECOND };
const LOOK_EVERY_MS = 10 * SECOND;

/**
 * Collects history beside the scans (persistent mode, where every cluster has its own way). A cluster's collection runs once
 * at a time; one that lost its session is tried again with backoff; what is due later is found by looking every 10 s.
 */
export function startBackfillRunner(deps: BackfillRunnerDeps): BackfillRunner {
  const { store, collector, clock, random, logger } = deps;
  const limit = pLimit(deps.concurrency);
  const stopping = new AbortController();
  const running = new Map<string, { done: Promise<void>; abort: AbortController }>();
  const again = new Set<string>();

  async function work(cluster: string, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        if ((await store.dueBackfills(cluster, clock.now())).length === 0) return;
        // A cluster out of reach waits here without taking a place from those that can be reached.
        await deps.session(cluster, signal);
        await limit(async () => collector.backfill(await deps.session(cluster, signal), signal));
        attempt = -1;
      } catch (error) {
        if (signal.aborted || !deps.clusters().includes(cluster)) return;
        const cause = toAgentError(error);
        const retryMs = withJitter(backoffMs(attempt, RETRY), random());
        logger.debug({ cluster, code: cause.code, retryMs }, 'the history could not be collected yet');
        await sleep(clock, retryMs, signal).catch(() => undefined);
      }
    }
  }

  function kick(cluster: string): void {
    if (stopping.signal.aborted) return;
    if (running.has(cluster)) return void again.add(cluster);
    const abort = new AbortController();
    const done = work(cluster, AbortSignal.any([stopping.signal, abort.signal])).finally(() => {
      running.delete(cluster);
      if (again.delete(cluster)) kick(cluster);
    });
    running.set(cluster, { done, abort });
  }

  let cancelLook = clock.after(0, look);
  function look(): void {
    deps.clusters().forEach(kick);
    cancelLook = clock.after(LOOK_EVERY_MS, look);
  }

  return {
    kick,
    async drop(cluster) {
      again.delete(cluster);
      const run = running.get(cluster);
      run?.abort.abort(new Error('the cluster is watched by this agent no longer'));
      await run?.done;
    },
    async stop() {
      stopping.abort(new Error('the agent is stopping'));
      cancelLook();
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}
