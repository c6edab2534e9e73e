import { isDeepStrictEqual } from 'node:util';
import type { Store, StoredCluster } from '../storage/store.ts';

/**
 * The clusters as the database has them. What stands there already is not written again: each write is on the disk before it is answered, which
 * for a hundred clusters that stand where they stood would be seconds of each start.
 */
export class KeptClusters {
  readonly #store: Pick<Store, 'listClusters' | 'saveCluster' | 'removeCluster'>;
  readonly #known = new Map<string, StoredCluster>();

  constructor(store: Pick<Store, 'listClusters' | 'saveCluster' | 'removeCluster'>) {
    this.#store = store;
  }

  /** Oldest first. */
  async load(): Promise<StoredCluster[]> {
    const clusters = await this.#store.listClusters();
    for (const cluster of clusters) this.#known.set(cluster.name, cluster);
    return clusters;
  }

  find(name: string): StoredCluster | null {
    return this.#known.get(name) ?? null;
  }

  async save(cluster: StoredCluster): Promise<void> {
    if (isDeepStrictEqual(cluster, this.#known.get(cluster.name))) return;
    await this.#store.saveCluster(cluster);
    this.#known.set(cluster.name, cluster);
  }

  async remove(name: string): Promise<void> {
    await this.#store.removeCluster(name);
    this.#known.delete(name);
  }
}
