import { FieldType, type DataFrame } from '@grafana/data';

const API = { cluster: 'prod', namespace: 'shop', hpa: 'api' };

/** Frames as the data source makes them of the agent's answer. */
export const valueFrame = (metric: string, values: (number | null)[], place = API): DataFrame => ({
  refId: 'A',
  length: values.length,
  fields: [
    { name: 'time', type: FieldType.time, config: {}, values: values.map((_, i) => i * 60_000) },
    { name: 'value', type: FieldType.number, config: {}, labels: { ...place, metric }, values },
  ],
});

export const bandFrame = (metric: string, place = API): DataFrame => ({
  refId: 'B',
  length: 2,
  fields: [
    { name: 'time', type: FieldType.time, config: {}, values: [0, 300_000] },
    ...(['lower', 'expected', 'upper'] as const).map((name, i) => ({
      name,
      type: FieldType.number,
      config: {},
      labels: { ...place, metric },
      values: [50 + 10 * i, 51 + 10 * i],
    })),
  ],
});

/** A table of `[name, values]` columns. */
export const tableFrame = (columns: [string, FieldType, unknown[]][]): DataFrame => ({
  refId: 'C',
  meta: { preferredVisualisationType: 'table' },
  length: columns[0]?.[2].length ?? 0,
  fields: columns.map(([name, type, values]) => ({ name, type, config: {}, values })),
});
