import type { Cluster } from '../domain/cluster.ts';
import { notFound } from './cluster-errors.ts';

/** The clusters that there are, whoever watches them, by name and by the context they are reached through. */
export class KnownClusters {
  readonly #clusters = new Map<string, { cluster: Cluster; createdAt: number }>();

  admit(cluster: Cluster, createdAt: number): void {
    this.#clusters.set(cluster.name, { cluster, createdAt });
  }

  drop(name: string): void {
    this.#clusters.delete(name);
  }

  has(name: string): boolean {
    return this.#clusters.has(name);
  }

  find(name: string): Cluster | null {
    return this.#clusters.get(name)?.cluster ?? null;
  }

  /** @throws AgentError `cluster/not-found` with the clusters there are */
  get(name: string): Cluster {
    const cluster = this.find(name);
    if (cluster) return cluster;
    throw notFound(name, [...this.#clusters.keys()]);
  }

  byContext(context: string): Cluster | null {
    for (const { cluster } of this.#clusters.values())
      if (cluster.reach.kind === 'context' && cluster.reach.context === context) return cluster;
    return null;
  }

  /** Epoch ms; 0: not known. */
  createdAt(name: string): number {
    return this.#clusters.get(name)?.createdAt ?? 0;
  }

  /** Oldest first. */
  list(): Cluster[] {
    return [...this.#clusters.values()].sort((a, b) => a.createdAt - b.createdAt).map(({ cluster }) => cluster);
  }

  get size(): number {
    return this.#clusters.size;
  }
}
