import { startBackfillRunner, type BackfillRunner } from '../collect/backfill-runner.ts';
import type { Collector } from '../collect/collector.ts';
import type { Detection } from '../collect/detection.ts';
import type { Fleet } from '../collect/fleet.ts';
import { Watch, type WatchDeps } from '../collect/watch.ts';
import type { Config } from '../config/load.ts';
import type { ForwardPool } from '../kubectl/forward-pool.ts';
import { startEngine, type Engine } from '../schedule/engine.ts';
import type { DatabaseBuffer } from '../storage/spool/buffered-store.ts';
import type { Store } from '../storage/store.ts';
import { ownersOf } from './fleet.ts';

export type ScanningDeps = Pick<WatchDeps, 'clock' | 'events' | 'metrics' | 'logger'> & {
  config: Pick<Config, 'slotMs'>;
  store: Pick<Store, 'dueBackfills'>;
  buffer: Pick<DatabaseBuffer, 'isHolding'> | null;
  fleet: Fleet;
  pool: ForwardPool;
  collector: Collector;
  detection: Detection;
  random: () => number;
  mode: 'persistent' | 'rotating';
};

export type Scanning = {
  watch: Watch;
  engine: Engine;
  /** null: history is collected in the slots. */
  runner: BackfillRunner | null;
  stop(): Promise<unknown>;
};

const BACKFILL_CLUSTERS = 2;

/** Slots, what happens in them, and the collection of history beside them. */
export function startScanning(deps: ScanningDeps): Scanning {
  const { config, store, buffer, fleet, pool, collector, detection, clock, events, metrics, logger, random, mode } =
    deps;
  const watch = new Watch({
    fleet,
    pool,
    collector,
    clock,
    events,
    metrics,
    logger,
    backfillInSlot: mode === 'rotating',
    // What is not in the database yet cannot be judged; it is with the first scan after.
    judge: async (cluster) => (buffer?.isHolding(cluster) ? undefined : detection.afterScan(cluster)),
  });
  const engine = startEngine({
    clock,
    slotMs: config.slotMs,
    lanes: () => fleet.lanes(),
    onCycle: () => fleet.evenOut(),
    openSlot(turn) {
      watch.openSlot(turn);
      return pool.rotate(ownersOf(fleet, turn.clusters));
    },
    scan: (cluster, signal) => watch.scan(cluster, signal),
  });
  const runner =
    mode === 'persistent'
      ? startBackfillRunner({
          store,
          collector,
          clock,
          random,
          logger,
          clusters: () => [...fleet.watchedNames()],
          session: (cluster, signal) => fleet.session(cluster, signal),
          concurrency: BACKFILL_CLUSTERS,
        })
      : null;
  return { watch, engine, runner, stop: () => Promise.all([engine.stop(), runner?.stop()]) };
}
