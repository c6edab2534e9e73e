import type { DataFrame } from '@grafana/data';
import type { SeverityName } from '@hpa-watch/agent/contract';
import type { ChartAnomaly } from '../../view/band-chart/model';
import type { PanelChart } from './charts';

const SEVERITIES: readonly SeverityName[] = ['critical', 'warning', 'info'];

/** An anomaly as the tables of the agent tell it, and where it belongs. `metric` null: to all charts of its HPA. */
export type PlacedAnomaly = ChartAnomaly & {
  cluster: string;
  namespace: string;
  hpa: string;
  metric: string | null;
};

/**
 * Anomalies in the answer of an `anomalies` query and in annotations of the dashboard (the agent's `annotations`), each once.
 * Frames that are neither are passed over.
 */
export function anomaliesIn(frames: readonly DataFrame[]): PlacedAnomaly[] {
  const found = new Map<string, PlacedAnomaly>();
  for (const frame of frames) {
    const column = (name: string): readonly unknown[] | undefined =>
      frame.fields.find((one) => one.name === name)?.values;
    for (let row = 0; row < frame.length; row += 1) {
      const cell = (name: string): unknown => column(name)?.[row];
      const anomaly = fromTable(cell) ?? fromAnnotation(cell);
      if (anomaly !== null && !found.has(anomaly.id)) found.set(anomaly.id, anomaly);
    }
  }
  return [...found.values()];
}

type Cell = (name: string) => unknown;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const timeOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const severityOf = (value: unknown): SeverityName | null => SEVERITIES.find((one) => one === value) ?? null;

function fromTable(cell: Cell): PlacedAnomaly | null {
  const [start, severity, id] = [timeOf(cell('started')), severityOf(cell('severity')), textOf(cell('id'))];
  if (start === null || severity === null || id === '') return null;
  return {
    ...{ id, severity, start, end: timeOf(cell('ended')) },
    sentence: textOf(cell('sentence')),
    cluster: textOf(cell('cluster')),
    namespace: textOf(cell('namespace')),
    hpa: textOf(cell('hpa')),
    metric: textOf(cell('metric')) || null,
  };
}

/** Tags are severity, kind, cluster, namespace and HPA, parted by commas. */
function fromAnnotation(cell: Cell): PlacedAnomaly | null {
  const tags: unknown = cell('tags');
  const [severityName, , cluster = '', namespace = '', hpa = ''] = Array.isArray(tags)
    ? tags.map(textOf)
    : textOf(tags).split(',');
  const [start, severity, id] = [timeOf(cell('time')), severityOf(severityName), textOf(cell('id'))];
  if (start === null || severity === null || id === '') return null;
  return {
    ...{ id, severity, start, end: timeOf(cell('timeEnd')) },
    ...{ sentence: textOf(cell('text')), cluster, namespace, hpa, metric: null },
  };
}

/** Those of the HPA and of the metric that the chart shows. A chart that does not say whose it is shows all. */
export const anomaliesOf = (chart: PanelChart, anomalies: readonly PlacedAnomaly[]): PlacedAnomaly[] =>
  anomalies.filter(
    ({ cluster, namespace, hpa, metric }) =>
      (chart.place.hpa === '' ||
        (cluster === chart.place.cluster && namespace === chart.place.namespace && hpa === chart.place.hpa)) &&
      (metric === null || metric === chart.metric),
  );
