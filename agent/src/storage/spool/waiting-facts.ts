import type { DiscoveredFact, Store } from '../store.ts';
import { isPassing } from './outage.ts';

/** What scans learned of HPAs while the database was away: the newest of each. A crash may lose it, since the next scan sees it again. */
export function createWaitingFacts(store: Pick<Store, 'saveDiscovered'>) {
  const byCluster = new Map<string, Map<string, DiscoveredFact>>();
  const flush = async (cluster: string): Promise<void> => {
    const waiting = byCluster.get(cluster);
    if (waiting === undefined) return;
    await store.saveDiscovered(cluster, [...waiting.values()]).catch((error: unknown) => {
      // Refused (another agent owns the cluster by now): then its owner sees it too.
      if (isPassing(error)) throw error;
    });
    if (byCluster.get(cluster) === waiting) byCluster.delete(cluster);
  };
  return {
    add(cluster: string, seen: readonly DiscoveredFact[]): void {
      const waiting = new Map(byCluster.get(cluster));
      for (const fact of seen) {
        const key = `${fact.namespace}/${fact.hpa}`;
        waiting.set(key, { ...waiting.get(key), ...fact });
      }
      byCluster.set(cluster, waiting);
    },
    flush,
    async flushAll(): Promise<void> {
      for (const cluster of [...byCluster.keys()]) await flush(cluster);
    },
    forget: (cluster: string): boolean => byCluster.delete(cluster),
  };
}
