import pLimit from 'p-limit';
import { backoffMs, withJitter } from '../../core/backoff.ts';
import { SECOND, sleep, type Clock } from '../../core/clock.ts';
import { isAgentError, toAgentError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Store } from '../store.ts';
import { batchOf } from './batch-body.ts';
import { withLostMinutes } from './lost-minutes.ts';
import type { Journal, Waiting } from './journal.ts';
import { isPassing, type Outage } from './outage.ts';

export type DrainDeps = {
  journal: Journal;
  outage: Outage;
  clock: Clock;
  random: () => number;
  logger: Logger;
  store: Pick<Store, 'writeSamples' | 'hpasOfCluster' | 'listClusters'>;
  /** What else waits for the database, once the batches of a cluster are written, or of all. Rejects as the database does. */
  flush: (cluster: string | null) => Promise<void>;
  /** The database answers, and nothing waits for it any more. */
  onAnswers: () => void;
  onDropped: (cluster: string) => void;
};

export type Drain = {
  /** Something waits, or the database was found away. Returns at once. */
  kick(): void;
  stop(): Promise<void>;
};

/** Nobody waits for what is buffered longer than needed once the database is back. */
const RETRY = { minMs: SECOND / 2, maxMs: 5 * SECOND };
const CLUSTERS_AT_ONCE = 4;
const TAKEN_AT_ONCE = 64;
/** So long after the start, leases of the run before may not have been taken again: what is refused is tried again. */
const SETTLED_AFTER_MS = 60 * SECOND;
const REFUSED_AGAIN_MS = 2 * SECOND;

/** Writes what waits, oldest first within each cluster, as soon as the database takes it. */
export function startDrain(deps: DrainDeps): Drain {
  const { store, journal, outage, clock, random, logger } = deps;
  const stopping = new AbortController();
  const openedAt = clock.now();
  let running: Promise<void> | null = null;
  let wanted = false;
  let failures = 0;

  /** @returns the first batches of some clusters, as many as are read at once */
  function nextBatches(refused: ReadonlySet<string>): Map<string, Waiting[]> {
    const free = journal.waiting().filter(({ cluster }) => !refused.has(cluster));
    return Map.groupBy(free.slice(0, TAKEN_AT_ONCE), ({ cluster }) => cluster);
  }

  /** true: all are written or dropped; false: refused for now. */
  async function writeAll(cluster: string, batches: readonly Waiting[]): Promise<boolean> {
    const written: Waiting[] = [];
    try {
      for (const waiting of batches) {
        stopping.signal.throwIfAborted();
        const held = await batchOf(await journal.read(waiting));
        // Those after the first one go on from it.
        const isFirst = written.length === 0;
        const batch = isFirst ? withLostMinutes(held, await store.hpasOfCluster(cluster)) : held.batch;
        await store.writeSamples(batch);
        written.push(waiting);
      }
      return true;
    } catch (error) {
      if (isPassing(error) || isClosed(error) || stopping.signal.aborted) throw error;
      const isFenced = isAgentError(error) && error.code === 'storage/fenced';
      if (isFenced && clock.now() - openedAt < SETTLED_AFTER_MS) return false;
      await drop(cluster, toAgentError(error).message);
      return true;
    } finally {
      await journal.done(written);
    }
  }

  /** Later ones must not be written without those before them: their cursors would pass over what is missing. */
  async function drop(cluster: string, why: string): Promise<void> {
    const batches = await journal.drop(cluster);
    deps.onDropped(cluster);
    logger.warn(
      { cluster, batches },
      `what was buffered of this cluster is dropped: ${why} Its owner reads those minutes from Prometheus.`,
    );
  }

  async function drainAll(): Promise<void> {
    const limit = pLimit(CLUSTERS_AT_ONCE);
    const refused = new Set<string>();
    let written = 0;
    for (let batches = nextBatches(refused); batches.size > 0; batches = nextBatches(refused)) {
      const outcomes = await Promise.allSettled(
        [...batches].map(([cluster, mine]) =>
          limit(async () => {
            if (!(await writeAll(cluster, mine))) return void refused.add(cluster);
            written += mine.length;
            await deps.flush(cluster);
          }),
        ),
      );
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    }
    // A light question that tells whether the database answers.
    if (written === 0) await store.listClusters();
    await deps.flush(null);
    outage.end();
    deps.onAnswers();
    if (written > 0) logger.info({ batches: written }, 'what was buffered for the database is written');
    if (refused.size > 0) await sleep(clock, REFUSED_AGAIN_MS, stopping.signal);
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted && (wanted || outage.away() !== null || journal.waiting().length > 0)) {
      wanted = false;
      try {
        await drainAll();
        failures = 0;
      } catch (error) {
        if (stopping.signal.aborted || isClosed(error)) return;
        if (isPassing(error)) outage.begin(error);
        else logger.error({ err: toAgentError(error) }, 'what is buffered could not be written; trying again');
        await sleep(clock, withJitter(backoffMs(failures++, RETRY), random()), stopping.signal).catch(() => undefined);
      }
    }
  }

  function kick(): void {
    wanted = true;
    if (stopping.signal.aborted || running !== null) return;
    running = run().finally(() => {
      running = null;
      if (wanted && !stopping.signal.aborted) kick();
    });
  }

  if (journal.waiting().length > 0) kick();
  return {
    kick,
    async stop() {
      stopping.abort(new Error('the agent is stopping'));
      await running;
    },
  };
}

const isClosed = (error: unknown): boolean => isAgentError(error) && error.code === 'storage/closed';
