import type { Clock } from '../core/clock.ts';
import type { EventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import type { Cluster, LocalEndpoint, PrometheusLocation } from '../domain/cluster.ts';
import type { ForwardInfo, Lease } from '../domain/forward.ts';
import type { SharedCluster } from '../domain/ownership.ts';
import type { ForwardPool } from '../kubectl/forward-pool.ts';
import type { Store, StoredCluster } from '../storage/store.ts';
import type { Connect } from './clients.ts';
import { exists, fromConfig } from './cluster-errors.ts';
import type { ClusterSession } from './collector.ts';
import { KeptClusters } from './kept-clusters.ts';
import { KnownClusters } from './known-clusters.ts';
import type { SharedList } from './shared-list.ts';
import { definitionOf, reachOf } from './stored-cluster.ts';
import { WatchedClusters } from './watched-clusters.ts';

export type NewCluster = { name: string; context?: string; prometheusUrl?: string };

export type FleetDeps = {
  store: Pick<Store, 'listClusters' | 'saveCluster' | 'removeCluster' | 'hpasOfCluster' | 'removeHpa'>;
  pool: ForwardPool;
  clock: Clock;
  events: EventBus;
  logger: Logger;
  /** From the settings, contexts resolved. */
  configured: Cluster[];
  /** For clusters added at run time. */
  prometheus: PrometheusLocation;
  lanes: number[] | 'auto';
  /** The kubectl context that a cluster name stands for. @throws AgentError `cluster/unknown` with the contexts there are */
  contextFor(name: string, context?: string): string;
  /** Reads the kubeconfig again, before a cluster is added: somebody may have added its context just now. */
  refreshContexts(): Promise<void>;
  connect: Connect;
  /** Several agents share the list: clusters are known by `follow` and watched by `watch`. Absent: this agent watches all. */
  shared?: SharedList;
};

/** The clusters there are, which of them this agent watches, and the way to each one's Prometheus. */
export class Fleet {
  readonly #deps: FleetDeps;
  readonly #known = new KnownClusters();
  readonly #kept: KeptClusters;
  readonly #watched: WatchedClusters;
  #followed = false;

  constructor(deps: FleetDeps) {
    this.#deps = deps;
    const { pool, logger, lanes, connect, configured, store } = deps;
    this.#kept = new KeptClusters(store);
    this.#watched = new WatchedClusters(
      {
        pool,
        logger,
        lanes,
        connect,
        clusterOf: (name) => this.get(name),
        keep: (cluster, at) => this.#keep(cluster, at),
      },
      configured.length,
    );
  }

  /** Takes up the clusters of the settings and those added at run time, each on the lane and place it had before. */
  async start(): Promise<void> {
    const { configured, clock, shared } = this.#deps;
    if (shared) return shared.refresh();
    const stored = await this.#kept.load();
    for (const cluster of configured)
      this.#known.admit(cluster, this.#kept.find(cluster.name)?.createdAt ?? clock.now());
    for (const cluster of stored) await this.#takeUp(cluster);
    await this.#watched.restore(
      this.#known.list().map(({ name }) => ({
        cluster: name,
        lane: this.#kept.find(name)?.lane ?? null,
        place: this.#kept.find(name)?.place ?? null,
      })),
    );
  }

  list(): Cluster[] {
    return this.#known.list();
  }

  has(name: string): boolean {
    return this.#known.has(name);
  }

  /** @throws AgentError `cluster/not-found` with the clusters there are */
  get(name: string): Cluster {
    return this.#known.get(name);
  }

  /** The known cluster that `name` means: by its own name or by the context it resolves to; null when there is none. */
  find(name: string): Cluster | null {
    const direct = this.#known.find(name);
    if (direct) return direct;
    try {
      return this.#known.byContext(this.#deps.contextFor(name));
    } catch {
      return null;
    }
  }

  /** The cluster that `name` means, added where the kubeconfig has its context. @throws AgentError `cluster/unknown` */
  async findOrAdd(name: string): Promise<Cluster> {
    const known = this.#known.find(name);
    if (known) return known;
    await this.#deps.refreshContexts();
    const context = this.#deps.contextFor(name);
    return this.#known.byContext(context) ?? (await this.add({ name, context }));
  }

  /** @throws AgentError `cluster/exists`, `cluster/unknown` */
  async add({ name, context, prometheusUrl }: NewCluster): Promise<Cluster> {
    const { prometheus, clock, shared, store } = this.#deps;
    if (prometheusUrl === undefined) await this.#deps.refreshContexts();
    const reach: Cluster['reach'] =
      prometheusUrl === undefined
        ? { kind: 'context', context: this.#deps.contextFor(name, context) }
        : { kind: 'direct', url: prometheusUrl };
    const twin = this.#known.find(name) ?? (reach.kind === 'context' ? this.#known.byContext(reach.context) : null);
    if (twin) throw exists(name, twin.name);
    const cluster: Cluster = { name, reach, prometheus, source: 'api' };
    if (shared) {
      await store.saveCluster({
        name,
        definition: definitionOf(reach),
        lane: null,
        place: null,
        createdAt: clock.now(),
      });
      await shared.refresh();
      return this.get(name);
    }
    this.#known.admit(cluster, clock.now());
    await this.#watched.add(name);
    this.#tell(name, 'added');
    return cluster;
  }

  /** Stops watching a cluster and its HPAs; history is kept. @throws AgentError `cluster/not-found`, `cluster/from-config` */
  async remove(name: string): Promise<void> {
    const cluster = this.get(name);
    if (cluster.source === 'config') throw fromConfig(name);
    const { store, shared } = this.#deps;
    await shared?.free(name);
    for (const hpa of await store.hpasOfCluster(name)) await store.removeHpa(hpa.id, { purge: false });
    await this.#kept.remove(name);
    if (shared) return shared.refresh();
    this.#known.drop(name);
    await this.#watched.remove(name);
    this.#tell(name, 'removed');
  }

  /** Where several agents share the list: what it holds now. Who watches what is not decided here. */
  follow(clusters: readonly SharedCluster[]): void {
    const own = new Map(this.#deps.configured.map((cluster) => [cluster.name, cluster]));
    const names = new Set(clusters.map(({ name }) => name));
    for (const { name } of this.list()) {
      if (names.has(name)) continue;
      this.#known.drop(name);
      this.#tell(name, 'removed');
    }
    for (const { name, reach, source, createdAt, prometheus } of clusters) {
      const before = this.#known.find(name);
      const cluster = own.get(name) ?? { name, reach, source, prometheus: prometheus ?? this.#deps.prometheus };
      this.#known.admit(cluster, createdAt);
      if (!before && this.#followed) this.#tell(name, 'added');
      if (before && JSON.stringify(before) !== JSON.stringify(cluster)) void this.#watched.settle(name);
    }
    this.#followed = true;
  }

  /** From now on this agent watches the cluster. */
  async watch(name: string): Promise<void> {
    if (this.has(name)) await this.#watched.add(name);
  }

  /** It does no longer; its HPAs and their history stay. Resolves when its forward has ended. */
  unwatch(name: string): Promise<void> {
    return this.#watched.remove(name);
  }

  watches(name: string): boolean {
    return this.#watched.has(name);
  }

  watchedNames(): readonly string[] {
    return this.#watched.names();
  }

  ports(): readonly number[] {
    return this.#watched.ports();
  }

  lanes(): string[][] {
    return this.#watched.lanes();
  }

  placeOf(name: string): { lane: number; place: number; endpoint: LocalEndpoint } | null {
    return this.#watched.placeOf(name);
  }

  evenOut(): void {
    this.#watched.evenOut();
  }

  forward(name: string): ForwardInfo | null {
    return this.#watched.forward(name);
  }

  /** Rejects as ForwardPool.acquire does. */
  session(name: string, signal: AbortSignal): Promise<ClusterSession & { lease: Lease }> {
    return this.#watched.session(name, signal);
  }

  async stop(): Promise<void> {
    await this.#watched.stop();
  }

  /** A stored cluster that the settings do not name: one added at run time, or one that was taken out of the settings. */
  async #takeUp(stored: StoredCluster): Promise<void> {
    const { name, createdAt } = stored;
    if (this.#known.has(name)) return;
    const reach = reachOf(stored);
    if (reach === null) return this.#kept.remove(name);
    if (reach === 'unknown')
      this.#deps.logger.error({ cluster: name }, 'this cluster is stored in a way that cannot be used: add it again');
    else this.#known.admit({ name, reach, prometheus: this.#deps.prometheus, source: 'api' }, createdAt);
  }

  /** Lanes and places are each agent's own: where several share the clusters they are not kept. */
  async #keep({ name, reach, source }: Cluster, at: { lane: number; place: number }): Promise<void> {
    if (this.#deps.shared) return;
    await this.#kept.save({
      name,
      definition: source === 'api' ? definitionOf(reach) : null,
      ...at,
      createdAt: this.#known.createdAt(name),
    });
  }

  #tell(cluster: string, change: 'added' | 'removed'): void {
    const { clock, events, logger } = this.#deps;
    logger.info({ cluster }, `cluster ${change}`);
    events.publish({ type: 'cluster', at: new Date(clock.now()).toISOString(), cluster, change });
  }
}
