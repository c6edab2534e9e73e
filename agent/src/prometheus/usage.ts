import { podMatchers, type QueryScope } from './scope.ts';
import { meanOverPods, podsOfWorkloads, sumOverPods, whileKubeStateMetricsAnswers } from './workload.ts';

const BYTES_PER_MIB = 1_048_576;
const CONTAINERS_ONLY = 'container!="",container!="POD"';

/** `max by` container first: two scrapers of one container, or its old and new series after a restart, count once. */
const perPod = (perContainer: string): string =>
  `sum by (namespace,pod) (max by (namespace,pod,container) (${perContainer}))`;

/** Cores used, per series. Newer cAdvisor has no `cpu` label, older ones say `total` beside one series a core. */
const cpuUsage = (scope: QueryScope): string =>
  `rate(container_cpu_usage_seconds_total{${CONTAINERS_ONLY},cpu=~"|total",${podMatchers(scope)}}[5m])`;

const workingSet = (scope: QueryScope): string =>
  `container_memory_working_set_bytes{${CONTAINERS_ONLY},${podMatchers(scope)}}`;

/** Cores or bytes. */
const requests = (resource: 'cpu' | 'memory', scope: QueryScope): string =>
  `kube_pod_container_resource_requests{resource="${resource}",${podMatchers(scope)}}`;

/**
 * 100 * sum(usage) / sum(requests) per workload over the pods that have both, as the HPA controller computes it; a pod that
 * requests 0 has no request. Whether a pod has the other one is asked of the bare series: sums per pod would only cost more.
 */
const utilization = (pods: string, usage: string, requested: string): string =>
  `100 * ${sumOverPods(pods, `${perPod(usage)} and on (namespace,pod) (${requested} > 0)`)}
/ ${sumOverPods(pods, `(${perPod(requested)} > 0) and on (namespace,pod) ${usage}`)}`;

/** CPU per workload in % of its requests; nothing where no pod has a request. */
export function cpuQuery(scope: QueryScope): string | null {
  const pods = podsOfWorkloads(scope);
  return pods === null ? null : utilization(pods, cpuUsage(scope), requests('cpu', scope));
}

/** CPU per workload in % of one core, mean per pod: for instants at which `cpuQuery` has nothing. */
export function cpuCoreQuery(scope: QueryScope): string | null {
  const pods = podsOfWorkloads(scope);
  if (pods === null) return null;
  return `100 * ${meanOverPods(pods, perPod(cpuUsage(scope)))}${whileKubeStateMetricsAnswers(scope)}`;
}

/** Working set per workload, MiB, mean per pod. */
export function memoryQuery(scope: QueryScope): string | null {
  const pods = podsOfWorkloads(scope);
  return pods === null ? null : `${meanOverPods(pods, perPod(workingSet(scope)))} / ${BYTES_PER_MIB}`;
}

/** Working set per workload in % of the memory requests; nothing where no pod has a request. */
export function memoryUtilizationQuery(scope: QueryScope): string | null {
  const pods = podsOfWorkloads(scope);
  return pods === null ? null : utilization(pods, workingSet(scope), requests('memory', scope));
}
