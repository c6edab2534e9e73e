import type { Connect } from '../collect/clients.ts';
import { Fleet, type FleetDeps } from '../collect/fleet.ts';
import type { Config } from '../config/load.ts';
import type { Clock } from '../core/clock.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Cluster } from '../domain/cluster.ts';
import { createPrometheusClient } from '../prometheus/client.ts';
import type { Owning } from './owning.ts';
import type { Contexts } from './ways.ts';

export type FleetParts = Pick<FleetDeps, 'store' | 'pool' | 'clock' | 'events' | 'logger' | 'connect'> & {
  config: Pick<Config, 'prometheus' | 'lanes'>;
  /** From the settings, contexts resolved. */
  clusters: Cluster[];
  contexts: Contexts;
  /** null: nobody shares the clusters. */
  shared: Owning | null;
};

/** The clusters of the settings, and the ways to reach those that are added. */
export function openFleet({ config, clusters, contexts, shared, ...deps }: FleetParts): Fleet {
  return new Fleet({
    ...deps,
    configured: clusters,
    prometheus: config.prometheus,
    lanes: config.lanes,
    contextFor: (name, context) =>
      contexts.resolve(context === undefined ? { name } : { name, context }, 'cluster/unknown'),
    refreshContexts: () => contexts.refresh(),
    ...(shared && { shared: { refresh: () => shared.refresh(), free: (name) => shared.free(name) } }),
  });
}

export const connectWith =
  ({ metrics, clock }: { metrics: Metrics; clock: Clock }): Connect =>
  ({ name, prometheus, reach }, baseUrl) =>
    createPrometheusClient({
      baseUrl,
      // Zipping pays through a tunnel; at a plain address it only costs time.
      compress: reach.kind === 'context',
      timeoutMs: prometheus.timeoutMs,
      clock,
      onRequest: (result) => metrics.prometheusRequests.inc({ cluster: name, result }),
    });

/** Which cluster of a slot has which port. */
export function ownersOf(fleet: Fleet, clusters: readonly (string | null)[]): Map<number, string> {
  const ports = fleet.ports();
  return new Map(clusters.flatMap((cluster, lane) => (cluster === null ? [] : [[ports[lane] ?? 0, cluster] as const])));
}
