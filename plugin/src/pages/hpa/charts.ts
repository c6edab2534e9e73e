import type {
  AnomalyKindName,
  AnomalyView,
  BandSeries,
  BaselineAnswer,
  BaselineMetric,
  SeriesAnswer,
} from '@hpa-watch/agent/contract';
import { t } from '@grafana/i18n';
import type { Band, ChartAnomaly, Line, Reference } from '../../view/band-chart/model';

/** One of the four charts of an HPA. */
export type HpaChart = {
  metric: BaselineMetric;
  value: Line;
  band: Band | null;
  references: Reference[];
  anomalies: ChartAnomaly[];
};

/** The columns of the agent that the charts need. */
export const CHART_COLUMNS =
  'cpu_current,memory_current,memory_utilization,replicas_current,replicas_desired,pressure,cpu_target,memory_target,replicas_min,replicas_max';

export const CHART_METRICS = ['cpu', 'memory', 'pressure', 'replicas'] as const satisfies BaselineMetric[];

type Values = SeriesAnswer['values'];
type Told = {
  series: Pick<SeriesAnswer, 'timestamps' | 'values'>;
  bands: BaselineAnswer['bands'];
  anomalies: readonly AnomalyView[];
};

export function chartsOf({ series, bands, anomalies }: Told): HpaChart[] {
  const times = series.timestamps.map((at) => Date.parse(at));
  const { values } = series;
  const lineOf = (column: readonly (number | null)[] | undefined): Line => ({ times, values: column ?? [] });
  const lines: Record<BaselineMetric, Line> = {
    cpu: lineOf(values.cpu_current),
    memory: lineOf(values.memory_current),
    pressure: lineOf(values.pressure),
    replicas: lineOf(values.replicas_current),
  };
  return CHART_METRICS.map((metric) => ({
    metric,
    value: lines[metric],
    band: bandOf(bands[metric] ?? null),
    references: referencesOf(metric, times, values),
    anomalies: anomalies.filter((anomaly) => chartOf(anomaly) === metric).map(onChart),
  }));
}

export const bandOf = (band: BandSeries | null): Band | null =>
  band && { ...band, times: band.timestamps.map((at) => Date.parse(at)) };

function referencesOf(metric: BaselineMetric, times: readonly number[], values: Values): Reference[] {
  const target = t('hpa.target', 'Target');
  switch (metric) {
    case 'cpu':
      return known([{ id: 'target', label: target, kind: 'target', line: changes(times, values.cpu_target) }]);
    case 'memory':
      return known([{ id: 'target', label: target, kind: 'target', line: changes(times, memoryTarget(values)) }]);
    case 'pressure':
      return [{ id: 'target', label: target, kind: 'target', line: { times: [times[0] ?? 0], values: [1] } }];
    case 'replicas':
      return known([
        { id: 'min', label: t('hpa.min', 'Minimum'), kind: 'limit', line: changes(times, values.replicas_min) },
        { id: 'max', label: t('hpa.max', 'Maximum'), kind: 'limit', line: changes(times, values.replicas_max) },
        {
          id: 'desired',
          label: t('hpa.desired', 'Desired'),
          kind: 'desired',
          line: { times, values: values.replicas_desired ?? [] },
        },
      ]);
  }
}

const known = (references: Reference[]): Reference[] =>
  references.filter(({ line }) => line.values.some((value) => value !== null));

/** Of what rarely changes only the points at which it does. */
export function changes(times: readonly number[], values: readonly (number | null)[] | undefined): Line {
  const kept: { time: number; value: number }[] = [];
  times.forEach((time, i) => {
    const value = values?.[i] ?? null;
    if (value !== null && value !== kept.at(-1)?.value) kept.push({ time, value });
  });
  return { times: kept.map(({ time }) => time), values: kept.map(({ value }) => value) };
}

/**
 * The target is a share of what the pods request; the chart shows MiB a pod. What is requested follows from use and utilisation at the same
 * minute (100 · MiB / utilisation); its median holds for all that is shown, so that the noise of a division is no change of the target.
 */
export function memoryTarget({ memory_current, memory_utilization, memory_target }: Values): (number | null)[] {
  const requested = (memory_current ?? []).flatMap((used, i) => {
    const share = memory_utilization?.[i] ?? null;
    return used === null || share === null || share <= 0 ? [] : [(100 * used) / share];
  });
  requested.sort((a, b) => a - b);
  const median = requested[Math.floor(requested.length / 2)];
  if (median === undefined) return [];
  return (memory_target ?? []).map((target) => (target === null ? null : (median * target) / 100));
}

/** Where an anomaly that is of no metric is drawn. */
const KIND_CHARTS: Partial<Record<AnomalyKindName, BaselineMetric>> = {
  scaling_stuck: 'pressure',
  underutilised: 'pressure',
  memory_leak: 'memory',
  telemetry_lost: 'cpu',
};

export const chartOf = ({ metric, kind }: Pick<AnomalyView, 'metric' | 'kind'>): BaselineMetric =>
  metric ?? KIND_CHARTS[kind] ?? 'replicas';

const onChart = ({ id, severity, started_at, ended_at, sentence }: AnomalyView): ChartAnomaly => ({
  id,
  severity,
  start: Date.parse(started_at),
  end: ended_at === null ? null : Date.parse(ended_at),
  sentence,
});
