import { quoted, re2Literal } from '../core/promql-literal.ts';
import type { AnomalyKind } from '../domain/anomaly.ts';
import type { HpaKey, ScaleTarget } from '../domain/hpa.ts';

const HPA = 'kube_horizontalpodautoscaler';
/** Names of pods by the kind that owns them; the others by prefix. */
const POD_SHAPE: ReadonlyMap<string, string> = new Map([
  ['Deployment', '-[a-z0-9]+-[a-z0-9]{5}'],
  ['Rollout', '-[a-z0-9]+-[a-z0-9]{5}'],
  ['StatefulSet', '-[0-9]+'],
  ['ReplicaSet', '-[a-z0-9]{5}'],
]);

/** The query that shows an anomaly in the cluster's own Prometheus. */
export function promqlFor(kind: AnomalyKind, { namespace, hpa }: HpaKey, target: ScaleTarget | null): string {
  const own = `namespace=${quoted(namespace)},horizontalpodautoscaler=${quoted(hpa)}`;
  const shape = POD_SHAPE.get(target?.kind ?? '') ?? '-.+';
  const pods = `namespace=${quoted(namespace)},pod=~${quoted(`${re2Literal(target?.name ?? hpa)}${shape}`)}`;
  const containers = `${pods},container!="",container!="POD"`;
  const replicas = `{__name__=~"${HPA}_(status_(current|desired)_replicas|spec_(min|max)_replicas)",${own}}`;
  const metrics = `{__name__=~"${HPA}_(spec|status)_target_metric",${own}}`;
  switch (kind) {
    case 'cpu_deviation':
      return `100 * sum(rate(container_cpu_usage_seconds_total{${containers}}[5m])) / sum(kube_pod_container_resource_requests{resource="cpu",${pods}})`;
    case 'memory_deviation':
    case 'memory_leak':
      return `sum by (pod) (container_memory_working_set_bytes{${containers}}) / 1048576`;
    case 'pressure_deviation':
    case 'scaling_stuck':
    case 'underutilised':
      return metrics;
    case 'scaling_inactive':
      return `${HPA}_status_condition{condition="ScalingActive",${own}} == 1`;
    case 'telemetry_lost':
      return `absent(${HPA}_status_current_replicas{${own}})`;
    case 'config_changed':
      return `{__name__=~"${HPA}_spec_(min_replicas|max_replicas|target_metric)",${own}}`;
    case 'replicas_deviation':
    case 'level_shift':
    case 'maxed_out':
    case 'oscillation':
    case 'replicas_mismatch':
      return replicas;
  }
}
