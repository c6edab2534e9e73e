import { conditionsQuery, metricsQuery, readyQuery, replicasQuery } from './autoscaler.ts';
import type { QueryScope } from './scope.ts';
import { revisionsOfWorkloads } from './workload.ts';
import { cpuCoreQuery, cpuQuery, memoryQuery, memoryUtilizationQuery } from './usage.ts';

export type QueryName =
  'replicas' | 'metrics' | 'conditions' | 'ready' | 'cpu' | 'cpu_core' | 'memory' | 'memory_utilization' | 'revisions';

export type NamedQuery = {
  name: QueryName;
  /** Whether a scan goes on, with a note, where the server refuses this query. */
  optional: boolean;
  /** The query for a whole group of HPAs; null where nothing can be asked (no scale target known, metric missing). */
  build: (scope: QueryScope) => string | null;
};

/** The first line names the asker in the server's query log and in the answers of a stand-in. */
const named = (name: QueryName, optional: boolean, build: (scope: QueryScope) => string | null): NamedQuery => ({
  name,
  optional,
  build(scope) {
    const query = build(scope);
    return query === null ? null : `# hpa-watch ${name}\n${query}`;
  },
});

/** All that is collected, one range query each, however many HPAs there are. */
export const QUERIES: readonly NamedQuery[] = [
  named('replicas', false, replicasQuery),
  named('metrics', true, metricsQuery),
  named('conditions', true, conditionsQuery),
  named('ready', true, readyQuery),
  named('cpu', true, cpuQuery),
  named('memory', true, memoryQuery),
  named('memory_utilization', true, memoryUtilizationQuery),
  named('revisions', true, revisionsOfWorkloads),
];

/** Asked about those HPAs only of which `cpu` has not every instant: no request set, or no pods. */
export const CPU_CORE_QUERY: NamedQuery = named('cpu_core', true, cpuCoreQuery);
