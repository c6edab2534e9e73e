import { ANOMALY_KIND_NAMES, BASELINE_METRICS, SEVERITY_NAMES } from '../../contract/anomalies.ts';
import type { GrafanaMetrics, GrafanaOption, GrafanaTarget } from '../../contract/grafana.ts';
import { SERIES_METRICS } from '../../contract/series.ts';
import { SHOWN_STATES } from './anomaly-answer.ts';
import { BAND_PARTS } from './series-answer.ts';

type PayloadPicker = GrafanaMetrics[number]['payloads'][number];

const optionsOf = (values: readonly string[]): GrafanaOption[] =>
  values.map((value) => ({ label: value.replaceAll('_', ' '), value }));

/** Options of the places are asked for when their menu opens; what follows them is asked for anew when they change. */
const place = (name: string, label: string): PayloadPicker => ({
  label,
  name,
  type: 'multi-select',
  placeholder: 'all',
  reloadMetric: true,
  width: 32,
});
const choice = (name: string, label: string, values: readonly string[], placeholder: string): PayloadPicker => ({
  label,
  name,
  type: 'multi-select',
  placeholder,
  width: 32,
  options: optionsOf(values),
});

const CLUSTER = place('cluster', 'Cluster');
const PLACES = [CLUSTER, place('namespace', 'Namespace'), { ...place('hpa', 'HPA'), reloadMetric: false }];
const LEGEND: PayloadPicker = {
  label: 'Legend',
  name: 'legend',
  type: 'input',
  placeholder: '{{hpa}} {{metric}}',
  width: 32,
};
const DEPARTURES = [
  choice('severity', 'Severity', SEVERITY_NAMES, 'all'),
  choice('kind', 'Kind', ANOMALY_KIND_NAMES, 'all'),
  choice('state', 'State', SHOWN_STATES, 'all'),
  { label: 'Limit', name: 'limit', type: 'input', placeholder: '200', width: 12 } satisfies PayloadPicker,
];

const LABELS: Record<GrafanaTarget, { label: string; payloads: PayloadPicker[] }> = {
  series: {
    label: 'Values over time',
    payloads: [...PLACES, choice('metric', 'Metric', SERIES_METRICS, 'cpu_current'), LEGEND],
  },
  band: {
    label: 'What is usual (band)',
    payloads: [
      ...PLACES,
      choice('metric', 'Metric', BASELINE_METRICS, 'cpu'),
      choice('parts', 'Parts', BAND_PARTS, 'lower, expected, upper'),
      LEGEND,
    ],
  },
  anomalies: { label: 'Anomalies (table)', payloads: [...PLACES, ...DEPARTURES] },
  annotations: { label: 'Anomalies (annotations)', payloads: [...PLACES, ...DEPARTURES] },
  hpas: { label: 'HPAs (table)', payloads: PLACES },
  slots: { label: 'Time slots (table)', payloads: [CLUSTER] },
  forwards: { label: 'Forwards (table)', payloads: [CLUSTER] },
  clusters: { label: 'Clusters and their scans (table)', payloads: [CLUSTER] },
  summary: { label: 'Summary (one row)', payloads: [] },
};

export const CATALOG: GrafanaMetrics = Object.entries(LABELS).map(([value, { label, payloads }]) => ({
  label,
  value: value as GrafanaTarget,
  payloads,
}));

/** The picker of this name, of that target where one is named, else of any. */
export function pickerOf(target: string | null | undefined, name: string): PayloadPicker | null {
  const entries = CATALOG.some(({ value }) => value === target)
    ? CATALOG.filter(({ value }) => value === target)
    : CATALOG;
  return entries.flatMap(({ payloads }) => payloads).find((picker) => picker.name === name) ?? null;
}

export const pickerNames = (target: string | null | undefined): string[] => [
  ...new Set(
    CATALOG.filter(({ value }) => target === value || !CATALOG.some((entry) => entry.value === target)).flatMap(
      ({ payloads }) => payloads.map(({ name }) => name),
    ),
  ),
];
