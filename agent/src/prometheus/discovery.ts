import { hpaMatchers, type QueryScope } from './scope.ts';

/** `__name__` of the one series that tells that kube-state-metrics answers at all. */
export const ALIVE_SERIES = 'kube_state_metrics_series';

// Some of these are there in every cluster, whatever else an allow list leaves out.
const ALIVE_METRICS =
  'kube_(node_info|namespace_created|namespace_status_phase|deployment_spec_replicas|pod_owner|horizontalpodautoscaler_spec_max_replicas)';

/**
 * Everything about HPAs in one instant query: target, limits, replicas and metrics, told apart by `__name__`, and one series
 * that shows whether kube-state-metrics answers. Without `hpas` all of the cluster.
 */
export function discoveryQuery(hpas: QueryScope['hpas'] | null): string {
  const matchers = hpas === null ? 'exported_namespace=""' : hpaMatchers({ hpas });
  return `# hpa-watch discovery
max by (__name__,namespace,horizontalpodautoscaler,scaletargetref_kind,scaletargetref_name,metric_name,metric_target_type,container) (
  {__name__=~"kube_horizontalpodautoscaler_(info|spec_min_replicas|spec_max_replicas|status_current_replicas|spec_target_metric)",${matchers}}
)
or label_replace(count({__name__=~"${ALIVE_METRICS}"}), "__name__", "${ALIVE_SERIES}", "", "")`;
}
