import { FieldType, type DataFrame, type Field } from '@grafana/data';
import type { Band, Line, ReferenceKind } from '../../view/band-chart/model';
import { roleOf } from './roles';

/** A line that the value is compared with; its name is made where it is shown. */
export type ReferenceLine = { id: string; kind: ReferenceKind; line: Line };

/** One value of one HPA and all that belongs to it. */
export type PanelChart = {
  key: string;
  /** Of the HPA; empty where the data do not say. */
  place: { cluster: string; namespace: string; hpa: string };
  metric: string;
  /** The field that the chart is named and formatted by: the value, else a part of the band. */
  field: Field;
  frame: DataFrame;
  value: Line;
  band: Band | null;
  references: ReferenceLine[];
};

type Held = Partial<PanelChart> & {
  edges: Partial<Record<'lower' | 'expected' | 'upper', Line>>;
  references: ReferenceLine[];
};

/** The charts of a panel in the order of its data: one for each HPA and metric that has a value or a band. */
export function chartsOf(series: readonly DataFrame[]): PanelChart[] {
  const held = new Map<string, Held>();
  for (const frame of series) {
    const time = frame.fields.find(({ type }) => type === FieldType.time);
    if (time === undefined || isTable(frame)) continue;
    for (const field of frame.fields) if (field.type === FieldType.number) put(held, frame, time, field);
  }
  return [...held].flatMap(([key, chart]) => complete(key, chart));
}

/** Tables of the agent have a time too: they are no lines. */
const isTable = ({ meta, fields }: DataFrame): boolean =>
  meta?.preferredVisualisationType === 'table' || fields.some(({ type }) => type === FieldType.string);

function put(held: Map<string, Held>, frame: DataFrame, time: Field, field: Field): void {
  const { cluster = '', namespace = '', hpa = '' } = field.labels ?? {};
  const role = roleOf(field.name, field.labels);
  const key = [cluster, namespace, hpa, role.metric].join('/');
  const chart = held.get(key) ?? { place: { cluster, namespace, hpa }, metric: role.metric, edges: {}, references: [] };
  held.set(key, chart);
  const line: Line = { times: time.values as number[], values: field.values as (number | null)[] };
  if (role.kind === 'reference') {
    chart.references.push({ id: role.id, kind: role.reference, line });
    return;
  }
  if (role.kind === 'band') chart.edges[role.edge] = line;
  else chart.value = line;
  if (role.kind === 'value' || chart.field === undefined) Object.assign(chart, { field, frame });
}

function complete(key: string, { place, metric, field, frame, value, edges, references }: Held): PanelChart[] {
  if (place === undefined || metric === undefined || field === undefined || frame === undefined) return [];
  return [{ key, place, metric, field, frame, value: value ?? EMPTY, band: bandOf(edges), references }];
}

const EMPTY: Line = { times: [], values: [] };

function bandOf({ lower, upper, expected }: Held['edges']): Band | null {
  if (lower === undefined || upper === undefined) return null;
  return { times: lower.times, lower: lower.values, upper: upper.values, expected: expected?.values ?? null };
}

/** Whether there is anything to draw. */
export const hasPoints = ({ value, band }: PanelChart): boolean =>
  value.times.length > 0 || (band !== null && band.times.length > 0);
