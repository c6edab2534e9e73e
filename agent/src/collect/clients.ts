import type { Cluster } from '../domain/cluster.ts';
import type { Prometheus } from '../prometheus/prometheus.ts';

export type Connect = (cluster: Cluster, baseUrl: string) => Prometheus;

/** One Prometheus client a cluster, kept while its address stays, so that connections through a tunnel are used again. */
export class ClientCache {
  readonly #connect: Connect;
  readonly #clients = new Map<string, { baseUrl: string; prometheus: Prometheus }>();

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  get(cluster: Cluster, baseUrl: string): Prometheus {
    const known = this.#clients.get(cluster.name);
    if (known?.baseUrl === baseUrl) return known.prometheus;
    void known?.prometheus.close();
    const prometheus = this.#connect(cluster, baseUrl);
    this.#clients.set(cluster.name, { baseUrl, prometheus });
    return prometheus;
  }

  async drop(name: string): Promise<void> {
    const known = this.#clients.get(name);
    this.#clients.delete(name);
    await known?.prometheus.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#clients.keys()].map((name) => this.drop(name)));
  }
}
