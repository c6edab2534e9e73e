import { head } from './exposition.ts';
import type { SimulatedCluster } from './simulation.ts';

/** Labels that the scraping Prometheus sets itself. */
const SET_BY_SCRAPER = ['job', 'metrics_path'];

/** What kube-state-metrics and cAdvisor of a cluster would show at `now`, as text a Prometheus scrapes. */
export function exposition(cluster: SimulatedCluster, now: number): string {
  const { series, row } = cluster.present(now);
  const lines: string[] = [];
  for (const { labels, at } of series) {
    const value = at(row);
    if (Number.isNaN(value)) continue;
    const own = Object.fromEntries(Object.entries(labels).filter(([name]) => !SET_BY_SCRAPER.includes(name)));
    lines.push(`${head(own)} ${value}\n`);
  }
  return lines.join('');
}
