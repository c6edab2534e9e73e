import type { Connect } from '../collect/clients.ts';
import type { ClusterSession } from '../collect/collector.ts';
import type { Cluster } from '../domain/cluster.ts';
import type { ForwardPool } from '../kubectl/forward-pool.ts';
import { freeEndpoint } from './free-endpoint.ts';

export type Visits = {
  /** A way to a cluster that another agent watches, opened for this and closed after it. Rejects as ForwardPool.acquire does. */
  to<T>(cluster: Cluster, signal: AbortSignal, run: (session: ClusterSession) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
};

/** `openPool`: a pool of its own, whose forwards are in nobody's list; made with the first visit. */
export function createVisits(openPool: () => ForwardPool, connect: Connect): Visits {
  let pool: ForwardPool | null = null;
  const last = new Map<string, Promise<unknown>>();

  async function visit<T>(cluster: Cluster, signal: AbortSignal, run: (session: ClusterSession) => Promise<T>) {
    const ways = (pool ??= openPool());
    const { name, reach, prometheus } = cluster;
    ways.ensure({ cluster: name, reach, prometheus, endpoint: await freeEndpoint() });
    try {
      const lease = await ways.acquire(name, signal);
      const client = connect(cluster, lease.baseUrl);
      const session = { cluster: name, prometheus: client, isCurrent: () => lease.isCurrent() };
      return await run(session).finally(() => client.close());
    } finally {
      await ways.release(name);
    }
  }

  return {
    to(cluster, signal, run) {
      // One after the other: the second would take the first one's way.
      const mine = (last.get(cluster.name) ?? Promise.resolve()).then(() => visit(cluster, signal, run));
      last.set(
        cluster.name,
        mine.catch(() => undefined),
      );
      return mine;
    },
    async stop() {
      await pool?.stop();
    },
  };
}
