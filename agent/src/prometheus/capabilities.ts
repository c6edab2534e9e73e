import { quoted } from '../core/promql-literal.ts';
import type { Series } from './prometheus.ts';

/** Which metrics this cluster's Prometheus has; what is missing there degrades with a note, never with a wrong number. */
export type Capabilities = {
  /** Names of the metrics in `PROBED_METRICS` that exist. */
  metrics: ReadonlySet<string>;
  /** kube-state-metrics is scraped without honor_labels, so its `namespace` label is not the object's. */
  exportedNamespace: boolean;
};

const PROBED_METRICS = [
  'container_cpu_usage_seconds_total',
  'container_memory_working_set_bytes',
  'kube_deployment_status_replicas_ready',
  'kube_horizontalpodautoscaler_info',
  'kube_horizontalpodautoscaler_spec_max_replicas',
  'kube_horizontalpodautoscaler_spec_target_metric',
  'kube_horizontalpodautoscaler_status_condition',
  'kube_horizontalpodautoscaler_status_target_metric',
  'kube_pod_container_resource_requests',
  'kube_pod_owner',
  'kube_pod_status_phase',
  'kube_pod_status_ready',
  'kube_replicaset_owner',
  'kube_replicaset_status_ready_replicas',
  'kube_replicationcontroller_status_ready_replicas',
  'kube_statefulset_status_replicas_ready',
  'kube_statefulset_status_update_revision',
] as const;

const EXPORTED = 'exported_namespace';

/** One cheap instant query: which of the metrics exist at all. */
export const capabilitiesQuery = (): string =>
  `# hpa-watch capabilities
count by (__name__) ({__name__=~${quoted(PROBED_METRICS.join('|'))}})
or label_replace(
  count(kube_horizontalpodautoscaler_spec_max_replicas{exported_namespace!=""}), "probe", "${EXPORTED}", "", ""
)`;

export function readCapabilities(series: readonly Series[]): Capabilities {
  const names = new Set(series.map(({ labels }) => labels.__name__ ?? ''));
  return {
    metrics: new Set(PROBED_METRICS.filter((name) => names.has(name))),
    exportedNamespace: series.some(({ labels }) => labels.probe === EXPORTED),
  };
}

/** For a server that cannot answer the question: everything may be there. */
export const ALL_CAPABILITIES: Capabilities = { metrics: new Set(PROBED_METRICS), exportedNamespace: false };

export const hasKubeStateMetrics = ({ metrics }: Capabilities): boolean =>
  [...metrics].some((name) => name.startsWith('kube_'));

/**
 * Pods are found by the shape of their names where kube-state-metrics answers without telling owners. Where it does not
 * answer at all nothing is concluded: missing values then, not approximate ones.
 */
export const findsPodsByName = (capabilities: Capabilities): boolean =>
  hasKubeStateMetrics(capabilities) &&
  !(capabilities.metrics.has('kube_pod_owner') && capabilities.metrics.has('kube_replicaset_owner'));

const MISSING: [string, string][] = [
  [
    'kube_horizontalpodautoscaler_info',
    'the scale target of an HPA is unknown, so CPU, memory and ready replicas are missing (kube-state-metrics 2.3 or later shows it)',
  ],
  [
    'kube_horizontalpodautoscaler_status_target_metric',
    'pressure is missing (kube-state-metrics 2.6 or later shows it)',
  ],
  ['kube_horizontalpodautoscaler_spec_target_metric', 'targets and pressure are missing'],
  ['kube_horizontalpodautoscaler_status_condition', 'scaling_limited and scaling_active are missing'],
  ['kube_pod_container_resource_requests', 'CPU is shown in % of one core and memory_utilization is missing'],
  ['kube_pod_status_phase', 'pods that are not running are not told apart'],
  ['container_cpu_usage_seconds_total', 'CPU is missing: is cAdvisor scraped?'],
  ['container_memory_working_set_bytes', 'memory is missing: is cAdvisor scraped?'],
];

/** What this cluster's metrics lack and what follows, as sentences. */
export function capabilityNotes(capabilities: Capabilities): string[] {
  if (capabilities.exportedNamespace) {
    return [
      'kube-state-metrics is scraped without honor_labels (its series carry exported_namespace): set "honor_labels: true" on its scrape job, or "honorLabels: true" on its ServiceMonitor; until then its HPAs cannot be read',
    ];
  }
  if (!hasKubeStateMetrics(capabilities)) {
    return ['no metric of kube-state-metrics was found: is it running, and does this Prometheus scrape it?'];
  }
  const notes = MISSING.filter(([name]) => !capabilities.metrics.has(name)).map(
    ([name, effect]) => `${name} is missing: ${effect}`,
  );
  if (findsPodsByName(capabilities)) {
    notes.push(
      'kube_pod_owner or kube_replicaset_owner is missing: pods are found by the shape of their names, values are marked approximate, and rollouts are not seen',
    );
  }
  return notes;
}
