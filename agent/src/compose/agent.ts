import { join } from 'node:path';
import { startBackfillRunner } from '../collect/backfill-runner.ts';
import { createCollector } from '../collect/create-collector.ts';
import { Enrolment } from '../collect/enrolment.ts';
import { startHousekeeping } from '../collect/housekeeping.ts';
import { estimateBackfillMs } from '../collect/rate.ts';
import { Watch } from '../collect/watch.ts';
import { resolveClusters } from '../config/clusters.ts';
import type { Config, Environment } from '../config/load.ts';
import { keptToken } from '../config/token.ts';
import { SECOND, systemClock } from '../core/clock.ts';
import type { AgentError } from '../core/errors.ts';
import { createEventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import { createMetrics } from '../core/metrics.ts';
import { withTimeout } from '../core/signals.ts';
import type { Cluster } from '../domain/cluster.ts';
import type { ClusterInfo } from '../domain/schedule-view.ts';
import type { Services } from '../http/services.ts';
import { createLedger } from '../kubectl/ledger.ts';
import { startEngine } from '../schedule/engine.ts';
import { lockDataDir } from '../storage/data-lock.ts';
import type { OpeningCheck } from '../storage/sqlite/rebuild.ts';
import { startDetecting } from './detecting.ts';
import { openFleet, ownersOf } from './fleet.ts';
import { forwardTeller } from './forward-teller.ts';
import { openKeeping } from './keeping.ts';
import { startServing, type PreviewWanted } from './serving.ts';
import { createStops } from './stops.ts';
import { forwardMode, openWays, watchContexts } from './ways.ts';

export type AgentOptions = {
  config: Config;
  logger: Logger;
  env: Environment;
  version: string;
  /** Serves the page that shows the Grafana app; absent or null: there is no such page. */
  preview?: PreviewWanted | null;
  /** How thoroughly the database is looked at before it is used; full after it was found damaged. Default: quick. */
  databaseCheck?: OpeningCheck;
};

export type RunningAgent = {
  url: string;
  /** The token kept in the data directory; null where the settings give one. */
  keptToken: { token: string; path: string; created: boolean } | null;
  services: Services;
  /** Resolves when the agent can keep nothing any more (its database was found damaged): stop it and start another one. */
  broken: Promise<AgentError>;
  /** Stops everything within 5 s; no kubectl is left, the database is closed. */
  stop(): Promise<void>;
};

const DISCOVER_TIMEOUT_MS = 30 * SECOND;
const BACKFILL_CLUSTERS = 2;

/** Builds the agent from its settings and starts it. @throws AgentError with a sentence for people; nothing is left running then */
export async function startAgent({
  config,
  logger,
  env,
  version,
  preview,
  databaseCheck = 'quick',
}: AgentOptions): Promise<RunningAgent> {
  const clock = systemClock;
  const random = Math.random;
  const events = createEventBus();
  const metrics = createMetrics();
  const stops = createStops(logger);

  try {
    stops.push(lockDataDir(config.dataDir));
    const isGiven = config.auth.writeTokens.length > 0 || config.auth.tokenFile !== null;
    const kept = isGiven ? null : keptToken(config.dataDir);
    const { dataDir, databaseUrl } = config;
    const keeping = await openKeeping({ dataDir, databaseUrl, clock, logger, check: databaseCheck });
    const { store, broken, rebuilt } = keeping;
    stops.push(() => store.close());
    const ledger = createLedger({ file: join(config.dataDir, 'kubectl.json'), clock, logger });
    await ledger.endOrphans();

    const contexts = await watchContexts(config, env);
    const { clusters, aliases } = resolveClusters(config.clusters, (cluster) =>
      contexts.resolve(cluster, 'config/invalid'),
    );
    for (const [name, canonical] of aliases)
      logger.warn({ cluster: canonical, name }, 'two names of the settings mean one cluster; it is watched once');

    const mode = await forwardMode(config, logger);
    const pool = openWays({
      config,
      env,
      clock,
      logger,
      mode,
      ledger,
      onChange: forwardTeller({ events, metrics, clock }),
    });
    stops.push(() => pool.stop());

    const fleet = openFleet({ config, clusters, contexts, store, pool, clock, events, logger, metrics });
    await fleet.start();
    stops.push(() => fleet.stop());

    const collector = createCollector({
      store,
      clock,
      events,
      logger,
      config: {
        windowMs: config.baseline.windowMs,
        stepMs: config.baseline.stepMs,
        minCoverage: config.baseline.minCoverage,
        groupSize: 50,
        minuteRetentionMs: config.retention.minutesMs,
      },
    });
    const detecting = await startDetecting({ config, store, clock, events, logger, metrics });
    stops.push(() => detecting.stop());
    const { detection, anomalies, baselines } = detecting;
    const watch = new Watch({
      fleet,
      pool,
      collector,
      clock,
      events,
      metrics,
      logger,
      backfillInSlot: mode === 'rotating',
      judge: (cluster) => detection.afterScan(cluster),
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
      onOutcome: (outcome) => watch.record(outcome),
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
    stops.push(() => Promise.all([engine.stop(), runner?.stop()]));
    stops.push(() => detection.halt());
    stops.push(startHousekeeping({ store, clock, logger, policy: config.retention }));

    const unsubscribe = events.subscribe((event) => {
      if (event.type === 'backfill') watch.recordBackfill(event);
      if (event.type === 'backfill' && event.state === 'ready') detection.relearn(event);
      if (event.type !== 'cluster') return;
      if (event.change === 'removed') {
        watch.forget(event.cluster);
        void detection.closeCluster(event.cluster);
      }
      engine.refresh();
    });
    stops.push(unsubscribe);

    const discover = async (cluster: string, signal?: AbortSignal) => {
      const { name } = fleet.get(cluster);
      const limit = withTimeout(DISCOVER_TIMEOUT_MS, signal);
      return collector.discover(await fleet.session(name, limit), limit);
    };
    const enrolment = new Enrolment({
      store,
      fleet,
      clock,
      events,
      logger,
      discover,
      kick: (cluster) => runner?.kick(cluster),
      relearn: (key) => detection.relearn(key),
      estimate: async (cluster) => {
        const due = await store.dueBackfills(cluster, clock.now());
        return clock.now() + estimateBackfillMs(collector.measuredBackfills(cluster), due.length);
      },
    });
    const infoOf = (cluster: Cluster): ClusterInfo => ({
      ...cluster,
      lanePort: fleet.placeOf(cluster.name)?.endpoint.port ?? null,
    });
    const services: Services = {
      store,
      enrolment,
      anomalies,
      baselines,
      fleet: {
        list: () => fleet.list().map(infoOf),
        add: async (definition) => infoOf(await fleet.add(definition)),
        remove: (name) => fleet.remove(name),
        resolve: (name) => fleet.find(name)?.name ?? fleet.get(name).name,
        discover,
      },
      schedule: { view: () => watch.schedule(engine.view()) },
      forwards: () => pool.list(),
      rebuilt,
      events,
      metrics,
      clock,
      logger,
      version,
      ready: () => ({ ready: true }),
    };
    const serving = await startServing({ services, config, keptTokenFile: kept?.path ?? null, preview });
    stops.push(() => serving.stop());
    return { url: serving.url, keptToken: kept, services, broken, stop: stops.all };
  } catch (error) {
    await stops.all();
    throw error;
  }
}
