import type { Logger } from '../core/logger.ts';
import type { Cluster, LocalEndpoint } from '../domain/cluster.ts';
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
  type RememberedPlace,
} from '../domain/lanes.ts';
import type { ForwardPool } from '../kubectl/forward-pool.ts';
import { ClientCache, type Connect } from './clients.ts';
import type { ClusterSession } from './collector.ts';
import { lanePorts } from './lane-ports.ts';

export type WatchedDeps = {
  pool: ForwardPool;
  logger: Logger;
  lanes: number[] | 'auto';
  connect: Connect;
  /** @throws AgentError `cluster/not-found` */
  clusterOf(name: string): Cluster;
  /** A cluster stands somewhere else than before. */
  keep(cluster: Cluster, at: { lane: number; place: number }): Promise<void>;
};

/** The clusters that this agent watches: on which lane and place each is, and the way to its Prometheus. */
export class WatchedClusters {
  readonly #deps: WatchedDeps;
  readonly #clients: ClientCache;
  #board: LaneBoard;

  constructor(deps: WatchedDeps, expected: number) {
    this.#deps = deps;
    this.#clients = new ClientCache(deps.connect);
    this.#board = emptyBoard(lanePorts(deps.lanes, expected));
  }

  /** Oldest first, each on the lane and place it had before. */
  async restore(remembered: readonly RememberedPlace[]): Promise<void> {
    this.#board = restoreBoard(lanePorts(this.#deps.lanes, remembered.length), remembered);
    for (const { cluster } of remembered) await this.settle(cluster);
  }

  async add(name: string): Promise<void> {
    const ports = lanePorts(this.#deps.lanes, this.#board.order.length + 1);
    this.#board = addCluster(withPorts(this.#board, ports), name);
    await this.settle(name);
  }

  /** Resolves when its forward has ended. */
  async remove(name: string): Promise<void> {
    this.#board = removeCluster(this.#board, name);
    await this.#deps.pool.release(name);
    await this.#clients.drop(name);
  }

  /** Makes the pool and the database know where the cluster stands. */
  async settle(name: string): Promise<void> {
    const at = placeOf(this.#board, name);
    if (!at) return;
    const cluster = this.#deps.clusterOf(name);
    const { reach, prometheus } = cluster;
    this.#deps.pool.ensure({ cluster: name, reach, prometheus, endpoint: endpointOf(this.#board, at) });
    await this.#deps.keep(cluster, at);
  }

  has(name: string): boolean {
    return placeOf(this.#board, name) !== null;
  }

  /** Oldest first. */
  names(): readonly string[] {
    return this.#board.order;
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
      void this.settle(cluster).catch((error: unknown) =>
        this.#deps.logger.error({ cluster, err: error }, 'the new lane could not be kept'),
      );
    }
  }

  forward(name: string): ForwardInfo | null {
    return this.#deps.pool.info(name);
  }

  /** A way to the cluster's Prometheus that just answered. Rejects as ForwardPool.acquire does. */
  async session(name: string, signal: AbortSignal): Promise<ClusterSession & { lease: Lease }> {
    const cluster = this.#deps.clusterOf(name);
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
}
