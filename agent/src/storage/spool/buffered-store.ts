import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MINUTE, SECOND, type Clock } from '../../core/clock.ts';
import { isAgentError, type AgentError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { DatabaseCounts, SampleBatch, Store } from '../store.ts';
import { bodyOf, rowsIn } from './batch-body.ts';
import { createDelivered } from './delivered.ts';
import { startDrain } from './drain.ts';
import { openJournal } from './journal.ts';
import { createKnownHpas } from './known-hpas.ts';
import { awayError, createOutage, fullError, isPassing, waitsError } from './outage.ts';
import { inTime } from './patience.ts';
import { createWaitingFacts } from './waiting-facts.ts';

export type BufferedStoreOptions = {
  store: Store;
  /** Of the agent; the buffer is in a directory below. */
  dataDir: string;
  maxBytes: number;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  logger: Logger;
};

/** What people and programs are told about the buffer. */
export type BufferState = {
  /** null: the database takes what is written. */
  away: { since: number; reason: string } | null;
  batches: number;
  bytes: number;
  maxBytes: number;
  /** Nothing more fits: clusters are not scanned until something is written. */
  isFull: boolean;
};

export type DatabaseBuffer = {
  state(): BufferState;
  /** Something of this cluster is not in the database yet, so nothing can be judged of it. */
  isHolding(cluster: string): boolean;
  /** The agent stops: where the database does not answer, nothing waits for it any longer from here on. */
  letGo(): Promise<void>;
};

/** A scan has its slot of 15 s at least: it does not wait for a database that takes longer, and hands over to the disk. */
const PATIENCE_MS = 4 * SECOND;
/** How often a full buffer, or a full disk, is tried again. */
const FULL_FOR_MS = MINUTE;
const CLOSE_MS = SECOND;
const PATIENCE_AT_STOP_MS = SECOND / 2;
const NONE: DatabaseCounts = { total: 0, baseline: 0, monitoring: 0, bytes: 0, oldest: null, exact: false };

/**
 * A store over the network that scans can go on without. While the database is away, or slow, or has no connection left, what scans bring is kept on the
 * disk and written later, in order; what scans have to know is what the database told last. Only samples with their cursors and gaps are kept so: writing
 * them twice changes nothing. Nothing is judged of a cluster meanwhile (`isHolding`), so no anomaly and no notification can be lost or doubled. Everything
 * else is refused at once, and whoever asked asks again.
 */
export async function openBufferedStore(
  options: BufferedStoreOptions,
): Promise<{ store: Store; buffer: DatabaseBuffer }> {
  const { store: inner, dataDir, maxBytes, clock, random, logger } = options;
  const journal = await openJournal({ dir: join(dataDir, 'buffer'), maxBytes, logger });
  const outage = createOutage({ clock, logger });
  const known = createKnownHpas();
  const facts = createWaitingFacts(inner);
  /** Batches on their way to the disk, by cluster: what comes after them has to wait for them too. */
  const arriving = new Map<string, number>();
  let counts = NONE;
  let fullUntil = -Infinity;

  /** What nobody can do without the database. */
  const through =
    <A extends unknown[], T>(method: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const away = outage.away();
      if (away !== null && isUnreachable(away.cause)) throw awayError(away);
      return asked(() => method(...args), isUnreachable);
    };
  const direct = Object.fromEntries(
    Object.entries(inner).map(([name, method]) => [name, through(method as (...args: unknown[]) => Promise<unknown>)]),
  ) as unknown as Store;
  const delivered = createDelivered(direct, () => drain.kick());

  const drain = startDrain({
    journal,
    outage,
    clock,
    random,
    logger,
    store: inner,
    async flush(cluster) {
      fullUntil = -Infinity;
      if (cluster !== null) return facts.flush(cluster);
      await facts.flushAll();
    },
    onAnswers: () => void delivered.flush().catch(() => undefined),
    onDropped(cluster) {
      known.forget(cluster);
      facts.forget(cluster);
    },
  });

  const isWaiting = (cluster: string): boolean =>
    (arriving.get(cluster) ?? 0) > 0 || journal.waiting().some((batch) => batch.cluster === cluster);
  const isHolding = (cluster: string): boolean => outage.away() !== null || isWaiting(cluster);

  /** @throws what the database says; where it is away, that is known from here on */
  async function asked<T>(run: () => Promise<T>, isAway: (error: unknown) => error is AgentError): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (isAway(error)) {
        outage.begin(error);
        drain.kick();
      }
      throw error;
    }
  }

  /** What scans ask for: not for longer than they can wait, and of the buffer where the database is away. */
  async function orElse<T>(cluster: string, run: () => Promise<T>, otherwise: () => T | Promise<T>): Promise<T> {
    if (isHolding(cluster)) return otherwise();
    try {
      return await asked(() => inTime(run(), clock, PATIENCE_MS), isPassing);
    } catch (error) {
      if (isPassing(error)) return otherwise();
      throw error;
    }
  }

  async function hold(cluster: string, batch: SampleBatch): Promise<{ rows: number }> {
    arriving.set(cluster, (arriving.get(cluster) ?? 0) + 1);
    try {
      const after = known.cursorsBefore(cluster, batch);
      await journal.append(cluster, await bodyOf({ batch, after }));
    } catch (error) {
      fullUntil = clock.now() + FULL_FOR_MS;
      throw error;
    } finally {
      arriving.set(cluster, (arriving.get(cluster) ?? 1) - 1);
    }
    known.collected(cluster, batch);
    drain.kick();
    return { rows: rowsIn(batch) };
  }

  const store: Store = {
    ...direct,
    ...delivered,
    hpasOfCluster: (cluster) =>
      orElse(
        cluster,
        async () => {
          const hpas = await inner.hpasOfCluster(cluster);
          known.learn(cluster, hpas);
          return hpas;
        },
        async () => {
          // Prometheus is not asked for what could not be kept.
          if (outage.away() !== null && clock.now() < fullUntil) throw fullError(maxBytes);
          return known.of(cluster) ?? (await direct.hpasOfCluster(cluster));
        },
      ),
    async writeSamples(batch) {
      const cluster = batch.isBaseline ? null : known.clusterOf(batch);
      if (cluster === null) return direct.writeSamples(batch);
      return orElse(
        cluster,
        async () => {
          const written = await inner.writeSamples(batch);
          known.collected(cluster, batch);
          return written;
        },
        () => hold(cluster, batch),
      );
    },
    saveDiscovered: (cluster, seen) =>
      orElse(
        cluster,
        async () => {
          await inner.saveDiscovered(cluster, seen);
          known.discovered(cluster, seen);
        },
        () => {
          facts.add(cluster, seen);
          known.discovered(cluster, seen);
        },
      ),
    /** What is missing in the database may wait here: nobody can tell what is still to be asked for. */
    async openGaps(cluster) {
      if (isHolding(cluster)) throw waitsError(outage.away());
      return direct.openGaps(cluster);
    },
    async patchHpa(id, patch) {
      known.forgetOf(id);
      return direct.patchHpa(id, patch);
    },
    async removeHpa(id, how) {
      known.forgetOf(id);
      return direct.removeHpa(id, how);
    },
    async enrol(keys, now) {
      for (const { cluster } of keys) known.forget(cluster);
      return direct.enrol(keys, now);
    },
    /** The last known ones, where there are no newer ones. */
    async counts() {
      try {
        counts = await asked(() => inTime(direct.counts(), clock, PATIENCE_MS), isPassing);
        return counts;
      } catch (error) {
        if (isPassing(error)) return { ...counts, exact: false };
        throw error;
      }
    },
    async close() {
      const stopped = drain.stop();
      await inner.close();
      await Promise.race([stopped, delay(CLOSE_MS, undefined, { ref: false })]);
      await journal.close();
    },
  };

  const state = (): BufferState => {
    const away = outage.away();
    const waiting = journal.waiting();
    return {
      away: away && { since: away.since, reason: away.cause.message },
      batches: waiting.length,
      bytes: waiting.reduce((sum, { length }) => sum + length, 0),
      maxBytes,
      isFull: clock.now() < fullUntil,
    };
  };
  const letGo = async (): Promise<void> => {
    const asking = inTime(inner.listClusters(), clock, PATIENCE_AT_STOP_MS).then(Boolean, () => false);
    if (outage.away() === null && (await asking)) return;
    void drain.stop();
    await inner.close();
  };
  return { store, buffer: { state, isHolding, letGo } };
}

const isUnreachable = (error: unknown): error is AgentError =>
  isAgentError(error) && error.code === 'storage/unreachable';
