import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createCollector } from '../collect/create-collector.ts';
import { Enrolment } from '../collect/enrolment.ts';
import { startHousekeeping } from '../collect/housekeeping.ts';
import { estimateBackfillMs } from '../collect/rate.ts';
import { resolveClusters } from '../config/clusters.ts';
import type { Config, Environment } from '../config/load.ts';
import { keptToken } from '../config/token.ts';
import { systemClock } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import { createEventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import { createMetrics } from '../core/metrics.ts';
import type { Cluster } from '../domain/cluster.ts';
import type { ClusterInfo } from '../domain/schedule-view.ts';
import type { Services } from '../http/services.ts';
import { createLedger } from '../kubectl/ledger.ts';
import { lockDataDir } from '../storage/data-lock.ts';
import type { OpeningCheck } from '../storage/sqlite/rebuild.ts';
import { startDetecting } from './detecting.ts';
import { createDiscovering } from './discovering.ts';
import { connectWith, openFleet } from './fleet.ts';
import { forwardTeller } from './forward-teller.ts';
import { homeOf } from './home.ts';
import { openKeeping } from './keeping.ts';
import { onlyAgent } from './only-agent.ts';
import { createOwning, type Owning } from './owning.ts';
import { startScanning } from './scanning.ts';
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
  /** null: this agent has its database for itself, and watches every cluster. */
  let owning: Owning | null = null;

  try {
    stops.push(lockDataDir(config.dataDir));
    const isGiven = config.auth.writeTokens.length > 0 || config.auth.tokenFile !== null;
    const kept = isGiven ? null : keptToken(config.dataDir);
    const check = databaseCheck;
    const keeping = await openKeeping({ config, clock, random, logger, check, owning: () => owning });
    const { store, buffer, broken, rebuilt } = keeping;
    stops.push(() => store.close());
    const ledger = createLedger({ file: join(config.dataDir, 'kubectl.json'), clock, logger });
    await ledger.endOrphans();

    const contexts = await watchContexts(config, env);
    const { clusters, aliases } = resolveClusters(config.clusters, (cluster) =>
      contexts.resolve(cluster, 'config/invalid'),
    );
    for (const [name, canonical] of aliases)
      logger.warn({ cluster: canonical, name }, 'two names of the settings mean one cluster; it is watched once');

    if (keeping.leases)
      owning = createOwning({
        table: keeping.leases,
        clock,
        random,
        logger,
        metrics,
        config,
        home: homeOf(config.dataDir),
        version,
        clusters,
        contexts,
      });
    const shared = owning;
    stops.push(() => shared?.leave());

    const mode = await forwardMode(config, logger);
    const ways = { config, env, clock, logger, ledger };
    const pool = openWays({ ...ways, mode, onChange: forwardTeller({ events, metrics, clock }) });
    stops.push(() => pool.stop());

    const connect = connectWith({ metrics, clock });
    const fleet = openFleet({ config, clusters, contexts, store, pool, clock, events, logger, connect, shared });
    if (!shared) await fleet.start();
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
    const detecting = await startDetecting({
      ...{ config, store, clock, events, logger, metrics },
      ...(shared && {
        shared: {
          owns: (cluster) => shared.owns(cluster),
          sends: () => shared.does('*notifications'),
          tell: (notice) => shared.tell(notice),
        },
      }),
    });
    stops.push(() => detecting.stop());
    const { detection, anomalies, baselines } = detecting;
    const scanning = startScanning({
      ...{ config, store, buffer, fleet, pool, collector, detection },
      ...{ clock, events, metrics, logger, random, mode },
    });
    const { watch, engine, runner } = scanning;
    stops.push(() => scanning.stop());
    stops.push(() => detection.halt());
    const isMine = () => shared?.does('*housekeeping') ?? true;
    stops.push(startHousekeeping({ store, clock, logger, policy: config.retention, isMine }));

    const unsubscribe = events.subscribe((event) => {
      if (event.type === 'backfill') watch.recordBackfill(event);
      if (event.type === 'backfill' && event.state === 'ready') detection.relearn(event);
      if (event.type !== 'cluster') return;
      if (event.change === 'removed') {
        watch.forget(event.cluster);
        // Several agents would all tell it: the one that was asked to remove it does.
        if (!shared) void detection.closeCluster(event.cluster);
      }
      engine.refresh();
    });
    stops.push(unsubscribe);

    const openPool = () => openWays({ ...ways, mode: 'persistent', onChange: () => undefined });
    const discovering = createDiscovering({ fleet, collector, owning, openPool, connect });
    stops.push(() => discovering.stop());
    const discover = (cluster: string, signal?: AbortSignal) => discovering.discover(cluster, signal);
    const enrolment = new Enrolment({
      store,
      fleet,
      clock,
      events,
      logger,
      discover,
      kick: (cluster) =>
        shared && !shared.owns(cluster) ? shared.tell({ cluster, kind: 'backfill', about: '' }) : runner?.kick(cluster),
      relearn: (key) => detecting.relearn(key),
      estimate: async (cluster) => {
        const due = await store.dueBackfills(cluster, clock.now());
        return clock.now() + estimateBackfillMs(collector.measuredBackfills(cluster), due.length);
      },
    });
    const infoOf = (cluster: Cluster): ClusterInfo => ({
      ...cluster,
      lanePort: fleet.placeOf(cluster.name)?.endpoint.port ?? null,
      ...(shared && { watchedBy: shared.ownerOf(cluster.name)?.name ?? null }),
    });
    const alone = { id: randomUUID(), name: config.sharing.name ?? hostname(), version, startedAt: clock.now() };
    const services: Services = {
      store,
      enrolment,
      anomalies,
      baselines,
      fleet: {
        list: () => fleet.list().map(infoOf),
        add: async (definition) => infoOf(await fleet.add(definition)),
        async remove(name) {
          await fleet.remove(name);
          if (shared) await detection.closeCluster(name);
        },
        resolve: (name) => fleet.find(name)?.name ?? fleet.get(name).name,
        discover,
      },
      schedule: { view: () => watch.schedule(engine.view()) },
      forwards: () => pool.list(),
      agents: () => shared?.agents() ?? [onlyAgent(alone, fleet.list(), url, clock.now())],
      rebuilt,
      buffer: () => buffer?.state() ?? null,
      events,
      metrics,
      clock,
      logger,
      version,
      ready: () => (begun ? { ready: true } : { ready: false, error: starting() }),
    };
    let url: string | null = null;
    let begun = false;
    const serving = await startServing({ services, config, keptTokenFile: kept?.path ?? null, preview });
    stops.push(() => serving.stop());
    url = serving.url;
    await shared?.begin({ fleet, engine, runner, detection, watch, store, kickSender: () => detecting.kick() }, url);
    begun = true;
    stops.push(() => shared?.halt());
    // Before all others: what they have to tell the database must not hold them up where nobody answers.
    stops.push(() => buffer?.letGo());
    return { url, keptToken: kept, services, broken, stop: stops.all };
  } catch (error) {
    await stops.all();
    throw error;
  }
}

const starting = (): AgentError => new AgentError('agent/starting', 'The agent is starting', { retryable: true });
