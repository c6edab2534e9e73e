import { MINUTE, type Clock } from '../core/clock.ts';
import { isAgentError } from '../core/errors.ts';
import {
  isContainerName,
  isHpaName,
  isKind,
  isMetricName,
  isNamespaceName,
  isObjectName,
  localId,
  type DiscoveredHpa,
  type MetricTarget,
  type MetricTargetType,
} from '../domain/hpa.ts';
import {
  ALL_CAPABILITIES,
  capabilitiesQuery,
  capabilityNotes,
  hasKubeStateMetrics,
  readCapabilities,
  type Capabilities,
} from '../prometheus/capabilities.ts';
import { ALIVE_SERIES, discoveryQuery } from '../prometheus/discovery.ts';
import type { Prometheus, Series } from '../prometheus/prometheus.ts';

/** What a cluster's metrics are and show at one instant. */
export type Survey = {
  capabilities: Capabilities;
  hpas: DiscoveredHpa[];
  /** kube-state-metrics answered at that instant, so an HPA it does not show is absent. */
  answers: boolean;
  /** See AssembleOptions. */
  scraperContainers: ReadonlySet<string>;
  notes: string[];
};

const CAPABILITIES_KEPT_MS = 5 * MINUTE;
const TARGET_TYPES: readonly string[] = ['utilization', 'average', 'value'] satisfies MetricTargetType[];

/** Asks clusters what they have. Which metrics exist is asked once in some minutes, the HPAs each time. */
export function createSurveyor(clock: Pick<Clock, 'now'>) {
  const known = new Map<string, { until: number; capabilities: Capabilities }>();

  async function capabilitiesOf(cluster: string, prometheus: Prometheus, time: number, signal?: AbortSignal) {
    const kept = known.get(cluster);
    if (kept && kept.until > clock.now()) return kept.capabilities;
    const capabilities = await askCapabilities(prometheus, time, signal);
    // A kube-state-metrics that is just restarting must not count as missing for minutes.
    if (hasKubeStateMetrics(capabilities)) {
      known.set(cluster, { until: clock.now() + CAPABILITIES_KEPT_MS, capabilities });
    }
    return capabilities;
  }

  /** `hpas` null: all of the cluster. `time` is epoch ms. */
  return async function survey(
    { cluster, prometheus }: { cluster: string; prometheus: Prometheus },
    hpas: readonly { namespace: string; hpa: string }[] | null,
    time: number,
    signal?: AbortSignal,
  ): Promise<Survey> {
    const capabilities = await capabilitiesOf(cluster, prometheus, time, signal);
    const series = await prometheus.instant({ query: discoveryQuery(hpas), time }, signal);
    const wanted = hpas === null ? null : new Set(hpas.map(localId));
    const { refused, ...read } = readDiscovery(series);
    return {
      ...read,
      hpas: read.hpas.filter((hpa) => wanted === null || wanted.has(localId(hpa))),
      capabilities,
      notes: [...capabilityNotes(capabilities), ...refusedNotes(refused)],
    };
  };
}

export type Surveyor = ReturnType<typeof createSurveyor>;

async function askCapabilities(prometheus: Prometheus, time: number, signal?: AbortSignal): Promise<Capabilities> {
  try {
    return readCapabilities(await prometheus.instant({ query: capabilitiesQuery(), time }, signal));
  } catch (error) {
    if (isAgentError(error) && (error.code === 'prometheus/refused' || error.code === 'prometheus/too-many-samples')) {
      return ALL_CAPABILITIES;
    }
    throw error;
  }
}

const refusedNotes = (refused: number): string[] =>
  refused === 0
    ? []
    : [
        `${refused} HPAs are left out: their names are none that Kubernetes allows, so this Prometheus got them elsewhere`,
      ];

export type DiscoveryRead = Pick<Survey, 'hpas' | 'answers' | 'scraperContainers'> & {
  /** HPAs with names that Kubernetes does not allow: no Kubernetes told them. */
  refused: number;
};

/** The answer to the discovery query. HPAs come ordered by namespace and name. */
export function readDiscovery(series: readonly Series[]): DiscoveryRead {
  const found = new Map<string, DiscoveredHpa>();
  const refused = new Set<string>();
  const scraperContainers = new Set(
    series
      // This metric has no container of its own, so what it carries came with the scrape.
      .filter(({ labels }) => labels.__name__ === 'kube_horizontalpodautoscaler_spec_max_replicas')
      .map(({ labels }) => labels.container ?? '')
      .filter((container) => container !== ''),
  );
  for (const { labels, values } of series) {
    const { namespace, horizontalpodautoscaler: hpa } = labels;
    const value = values.at(-1);
    if (!namespace || !hpa || value === undefined) continue;
    if (!isNamespaceName(namespace) || !isHpaName(hpa)) {
      refused.add(JSON.stringify([namespace, hpa]));
      continue;
    }
    const entry = found.get(`${namespace}/${hpa}`) ?? emptyHpa(namespace, hpa);
    found.set(`${namespace}/${hpa}`, entry);
    learn(entry, labels, value, scraperContainers);
  }
  const hpas = [...found.values()].sort((a, b) => (localId(a) < localId(b) ? -1 : 1));
  const answers = series.some(({ labels }) => labels.__name__ === ALIVE_SERIES);
  return { hpas, answers, scraperContainers, refused: refused.size };
}

const emptyHpa = (namespace: string, hpa: string): DiscoveredHpa => ({
  namespace,
  hpa,
  target: null,
  replicasMin: null,
  replicasMax: null,
  replicasCurrent: null,
  metrics: [],
});

function learn(
  entry: DiscoveredHpa,
  labels: Series['labels'],
  value: number,
  scraperContainers: ReadonlySet<string>,
): void {
  switch (labels.__name__?.replace('kube_horizontalpodautoscaler_', '')) {
    case 'info':
      if (isKind(labels.scaletargetref_kind ?? '') && isObjectName(labels.scaletargetref_name ?? ''))
        entry.target = { kind: labels.scaletargetref_kind ?? '', name: labels.scaletargetref_name ?? '' };
      break;
    case 'spec_min_replicas':
      entry.replicasMin = value;
      break;
    case 'spec_max_replicas':
      entry.replicasMax = value;
      break;
    case 'status_current_replicas':
      entry.replicasCurrent = value;
      break;
    case 'spec_target_metric':
      addMetric(entry.metrics, labels, value, scraperContainers);
      break;
  }
}

function addMetric(
  metrics: MetricTarget[],
  { metric_name: name = '', metric_target_type: type = '', container = '' }: Series['labels'],
  target: number,
  scraperContainers: ReadonlySet<string>,
): void {
  if (!isMetricName(name) || !TARGET_TYPES.includes(type)) return;
  const own = container === '' || scraperContainers.has(container) ? null : container;
  if (own !== null && !isContainerName(own)) return;
  if (metrics.some((metric) => metric.name === name && metric.type === type && metric.container === own)) return;
  metrics.push({ name, type: type as MetricTargetType, container: own, target });
}
