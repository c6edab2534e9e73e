import type { Clock } from '../core/clock.ts';
import type { EventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import type { Cluster, LocalEndpoint, PrometheusLocation } from '../domain/cluster.ts';
import type { ForwardInfo, Lease } from '../domain/forward.ts';
import {
  addCluster,
  applyMove,
  clustersByLane,
  emptyBoard,
  endpointOf,
  nextMove,
  placeOf,
  removeCluster,
  restoreBoard,
  withPorts,
  type LaneBoard,
} from '../domain/lanes.ts';
import type { ForwardPool } from '../kubectl/forward-pool.ts';
import type { Store, StoredCluster } from '../storage/store.ts';
import { ClientCache, type Connect } from './clients.ts';
import { exists, fromConfig, notFound } from './cluster-errors.ts';
import type { ClusterSession } from './collector.ts';
import { lanePorts } from './lane-ports.ts';
import { definitionOf, reachOf } from './stored-cluster.ts';

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
};

/** The clusters being watched: who they are, on which lane and place, and the way to each one's Prometheus. */
export class Fleet {
  readonly #deps: FleetDeps;
  readonly #clusters = new Map<string, Cluster>();
  readonly #clients: ClientCache;
  readonly #createdAt = new Map<string, number>();
  #board: LaneBoard;

  constructor(deps: FleetDeps) {
    this.#deps = deps;
    this.#clients = new ClientCache(deps.connect);
    this.#board = emptyBoard(lanePorts(deps.lanes, deps.configured.length));
  }

  /** Takes up the clusters of the settings and those added at run time, each on the lane and place it had before. */
  async start(): Promise<void> {
    const { store, configured, clock } = this.#deps;
    const stored = await store.listClusters();
    const byName = new Map(stored.map((cluster) => [cluster.name, cluster]));
    for (const cluster of configured) this.#admit(cluster, byName.get(cluster.name)?.createdAt ?? clock.now());
    for (const cluster of stored) await this.#takeUp(cluster);
    const order = [...this.#clusters.keys()].sort((a, b) => this.#age(a) - this.#age(b));
    this.#board = restoreBoard(
      lanePorts(this.#deps.lanes, order.length),
      order.map((cluster) => ({
        cluster,
        lane: byName.get(cluster)?.lane ?? null,
        place: byName.get(cluster)?.place ?? null,
      })),
    );
    for (const cluster of this.#clusters.values()) await this.#settle(cluster);
  }

  list(): Cluster[] {
    return this.#board.order.map((name) => this.get(name));
  }

  has(name: string): boolean {
    return this.#clusters.has(name);
  }

  /** @throws AgentError `cluster/not-found` with the clusters there are */
  get(name: string): Cluster {
    const cluster = this.#clusters.get(name);
    if (cluster) return cluster;
    throw notFound(name, [...this.#clusters.keys()]);
  }

  /** The known cluster that `name` means: by its own name or by the context it resolves to; null when there is none. */
  find(name: string): Cluster | null {
    const direct = this.#clusters.get(name);
    if (direct) return direct;
    try {
      return this.#byContext(this.#deps.contextFor(name));
    } catch {
      return null;
    }
  }

  /** The cluster that `name` means, added where the kubeconfig has its context. @throws AgentError `cluster/unknown` */
  async findOrAdd(name: string): Promise<Cluster> {
    const known = this.#clusters.get(name);
    if (known) return known;
    await this.#deps.refreshContexts();
    const context = this.#deps.contextFor(name);
    return this.#byContext(context) ?? (await this.add({ name, context }));
  }

  /** @throws AgentError `cluster/exists`, `cluster/unknown` */
  async add({ name, context, prometheusUrl }: NewCluster): Promise<Cluster> {
    const { prometheus, clock } = this.#deps;
    if (prometheusUrl === undefined) await this.#deps.refreshContexts();
    const reach: Cluster['reach'] =
      prometheusUrl === undefined
        ? { kind: 'context', context: this.#deps.contextFor(name, context) }
        : { kind: 'direct', url: prometheusUrl };
    const twin = this.#clusters.get(name) ?? (reach.kind === 'context' ? this.#byContext(reach.context) : null);
    if (twin) throw exists(name, twin.name);
    const cluster: Cluster = { name, reach, prometheus, source: 'api' };
    this.#admit(cluster, clock.now());
    this.#board = addCluster(withPorts(this.#board, lanePorts(this.#deps.lanes, this.#clusters.size)), name);
    await this.#settle(cluster);
    this.#tell(name, 'added');
    return cluster;
  }

  /** Stops watching a cluster and its HPAs; history is kept. @throws AgentError `cluster/not-found`, `cluster/from-config` */
  async remove(name: string): Promise<void> {
    const cluster = this.get(name);
    if (cluster.source === 'config') throw fromConfig(name);
    const { store, pool } = this.#deps;
    for (const hpa of await store.hpasOfCluster(name)) await store.removeHpa(hpa.id, { purge: false });
    await store.removeCluster(name);
    this.#clusters.delete(name);
    this.#board = removeCluster(this.#board, name);
    await pool.release(name);
    await this.#clients.drop(name);
    this.#tell(name, 'removed');
  }

  ports(): readonly number[] {
    return this.#board.ports;
  }

  lanes(): string[][] {
    return clustersByLane(this.#board);
  }

  placeOf(name: string): { lane: number; place: number; endpoint: LocalEndpoint } | null {
    const at = placeOf(this.#board, name);
    return at && { ...at, endpoint: endpointOf(this.#board, at) };
  }

  /** Evens out lanes that differ by more than one cluster; for the start of a cycle. */
  evenOut(): void {
    for (let move = nextMove(this.#board); move; move = nextMove(this.#board)) {
      this.#board = applyMove(this.#board, move);
      const { cluster, from, to } = move;
      const [before, after] = [this.#board.ports[from.lane], this.#board.ports[to.lane]];
      this.#deps.logger.info(
        { cluster, from: before, to: after },
        'cluster moved to another lane, since lanes were uneven',
      );
      void this.#settle(this.get(cluster)).catch((error: unknown) =>
        this.#deps.logger.error({ cluster, err: error }, 'the new lane could not be kept'),
      );
    }
  }

  forward(name: string): ForwardInfo | null {
    return this.#deps.pool.info(name);
  }

  /** A way to the cluster's Prometheus that just answered. Rejects as ForwardPool.acquire does. */
  async session(name: string, signal: AbortSignal): Promise<ClusterSession & { lease: Lease }> {
    const cluster = this.get(name);
    const lease = await this.#deps.pool.acquire(name, signal);
    return {
      cluster: name,
      prometheus: this.#clients.get(cluster, lease.baseUrl),
      isCurrent: () => lease.isCurrent(),
      lease,
    };
  }

  async stop(): Promise<void> {
    await this.#clients.closeAll();
  }

  #admit(cluster: Cluster, createdAt: number): void {
    this.#clusters.set(cluster.name, cluster);
    this.#createdAt.set(cluster.name, createdAt);
  }

  /** A stored cluster that the settings do not name: one added at run time, or one that was taken out of the settings. */
  async #takeUp(stored: StoredCluster): Promise<void> {
    const { name, createdAt } = stored;
    if (this.#clusters.has(name)) return;
    const reach = reachOf(stored);
    if (reach === null) return this.#deps.store.removeCluster(name);
    if (reach === 'unknown')
      this.#deps.logger.error({ cluster: name }, 'this cluster is stored in a way that cannot be used: add it again');
    else this.#admit({ name, reach, prometheus: this.#deps.prometheus, source: 'api' }, createdAt);
  }

  /** Makes the pool and the database know where the cluster stands. */
  async #settle({ name, reach, prometheus, source }: Cluster): Promise<void> {
    const at = placeOf(this.#board, name);
    if (!at) return;
    this.#deps.pool.ensure({ cluster: name, reach, prometheus, endpoint: endpointOf(this.#board, at) });
    await this.#deps.store.saveCluster({
      name,
      definition: source === 'api' ? definitionOf(reach) : null,
      ...at,
      createdAt: this.#age(name),
    });
  }

  #tell(cluster: string, change: 'added' | 'removed'): void {
    const { clock, events, logger } = this.#deps;
    logger.info({ cluster }, `cluster ${change}`);
    events.publish({ type: 'cluster', at: new Date(clock.now()).toISOString(), cluster, change });
  }

  #byContext(context: string): Cluster | null {
    for (const cluster of this.#clusters.values())
      if (cluster.reach.kind === 'context' && cluster.reach.context === context) return cluster;
    return null;
  }

  #age(name: string): number {
    return this.#createdAt.get(name) ?? 0;
  }
}
