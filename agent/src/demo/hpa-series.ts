import type { RawSeries } from './series.ts';
import type { HpaTrack, StatusRow } from './track.ts';

const KSM = { job: 'kube-state-metrics' };
const HPA = 'kube_horizontalpodautoscaler';
const CONDITIONS = [
  ['AbleToScale', 'ableToScale'],
  ['ScalingActive', 'scalingActive'],
  ['ScalingLimited', 'scalingLimited'],
] as const;
const STATUSES = [
  ['true', 1],
  ['false', 0],
  ['unknown', -1],
] as const;

/**
 * What kube-state-metrics v2 shows of an HPA and its target.
 * https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/horizontalpodautoscaler-metrics.md
 */
export function hpaSeries(track: HpaTrack): RawSeries[] {
  const { spec } = track;
  const series: RawSeries[] = [];
  const add = (name: string, labels: Record<string, string>, value: (row: StatusRow) => number) => {
    series.push({
      labels: { __name__: name, ...labels, ...KSM },
      from: 0,
      to: () => track.rows,
      at(row) {
        const status = track.status[row];
        return status?.scraped === true ? value(status) : NaN;
      },
    });
  };
  const hpa = { namespace: spec.namespace, horizontalpodautoscaler: spec.name };

  add(
    `${HPA}_info`,
    {
      ...hpa,
      scaletargetref_api_version: spec.target.apiVersion,
      scaletargetref_kind: spec.target.kind,
      scaletargetref_name: spec.target.name,
    },
    () => 1,
  );
  add(`${HPA}_spec_min_replicas`, hpa, () => spec.min);
  add(`${HPA}_spec_max_replicas`, hpa, ({ max }) => max);
  add(`${HPA}_status_current_replicas`, hpa, ({ current }) => current);
  add(`${HPA}_status_desired_replicas`, hpa, ({ desired }) => desired);
  for (const [condition, column] of CONDITIONS) {
    for (const [status, code] of STATUSES) {
      add(`${HPA}_status_condition`, { ...hpa, condition, status }, (row) => (row[column] === code ? 1 : 0));
    }
  }
  spec.metrics.forEach((metric, i) => {
    const labels = { ...hpa, metric_name: metric.name, metric_target_type: metric.type };
    add(`${HPA}_spec_target_metric`, labels, () => metric.target);
    add(`${HPA}_status_target_metric`, labels, ({ metricCurrent }) => metricCurrent[i] ?? NaN);
    if (metric.source !== 'resource') return;
    // A utilisation comes with the mean per pod, in cores or bytes.
    const unit = metric.name === 'memory' ? 1_048_576 : 1;
    const average = { ...labels, metric_target_type: 'average' };
    add(`${HPA}_status_target_metric`, average, ({ metricAverage }) => (metricAverage[i] ?? NaN) * unit);
  });
  for (const [name, labels, value] of targetSeries(track)) add(name, labels, value);
  return series;
}

type TargetSeries = [name: string, labels: Record<string, string>, value: (row: StatusRow) => number];

/** Of an Argo Rollout kube-state-metrics shows nothing: it is a custom resource. */
function targetSeries({ spec }: HpaTrack): TargetSeries[] {
  const { namespace, target } = spec;
  if (target.kind !== 'Deployment' && target.kind !== 'StatefulSet') return [];
  const kind = target.kind.toLowerCase();
  const labels = { namespace, [kind]: target.name };
  const replicas = target.kind === 'Deployment' ? 'kube_deployment_spec_replicas' : 'kube_statefulset_replicas';
  return [
    [replicas, labels, ({ specReplicas }) => specReplicas],
    [`kube_${kind}_status_replicas_ready`, labels, ({ ready }) => ready],
  ];
}

/** Whose the ReplicaSet is. */
export function replicaSetSeries(track: HpaTrack, { name, firstRow }: { name: string; firstRow: number }): RawSeries {
  const { spec } = track;
  return {
    labels: {
      __name__: 'kube_replicaset_owner',
      namespace: spec.namespace,
      replicaset: name,
      owner_kind: spec.target.kind,
      owner_name: spec.target.name,
      owner_is_controller: 'true',
      ...KSM,
    },
    from: firstRow,
    to: () => track.rows,
    at: (row) => (row >= firstRow && track.isScraped(row) ? 1 : NaN),
  };
}

/** Which revision the StatefulSet brings its pods to, while it is this one. */
export function updateRevisionSeries(track: HpaTrack, index: number): RawSeries {
  const { spec, updateRevisions } = track;
  const { name = '', firstRow = 0 } = updateRevisions[index] ?? {};
  const until = () => updateRevisions[index + 1]?.firstRow ?? track.rows;
  return {
    labels: {
      __name__: 'kube_statefulset_status_update_revision',
      namespace: spec.namespace,
      statefulset: spec.target.name,
      revision: name,
      ...KSM,
    },
    from: firstRow,
    to: until,
    at: (row) => (row >= firstRow && row < until() && track.isScraped(row) ? 1 : NaN),
  };
}
