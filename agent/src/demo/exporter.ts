import { head } from './exposition.ts';
import type { SimulatedCluster } from './simulation.ts';

/**
 * What kube-state-metrics and cAdvisor of a cluster would show at `now`, as text a Prometheus scrapes. `job` and `metrics_path` are in it, so that
 * one target serves for both: scrape it with `honor_labels: true`.
 */
export function exposition(cluster: SimulatedCluster, now: number): string {
  const { series, row } = cluster.present(now);
  const lines: string[] = [];
  for (const { labels, at } of series) {
    const value = at(row);
    if (!Number.isNaN(value)) lines.push(`${head(labels)} ${value}\n`);
  }
  return lines.join('');
}
