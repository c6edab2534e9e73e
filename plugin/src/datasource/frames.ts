import { DataFrameType, FieldType, type DataFrame, type Field, type Labels } from '@grafana/data';
import type { GrafanaAnswer, GrafanaSeries, GrafanaTable } from '@hpa-watch/agent/contract';
import { bandConfig, columnConfig } from './field-looks';
import type { BandPart } from './query-model';

/**
 * The agent's answer as data frames, in its order.
 * - Values: one frame for each HPA and metric with `time` and `value`, the HPA in the labels. Those of a band as well, since samples and
 *   bands lie at different instants where a point stands for more than a minute.
 * - A band: one frame for each HPA and metric with `time` and the fields `lower`, `expected`, `upper`.
 * - A table: one frame with the columns as they are named.
 * What is not known stays null; a minute that was not seen is absent, and drawn as a gap.
 */
export function framesOf(answer: GrafanaAnswer, stepMs: number): DataFrame[] {
  const bands = new Map<string, GrafanaSeries[]>();
  const frames: (() => DataFrame)[] = [];
  for (const one of answer) {
    if ('columns' in one) frames.push(() => tableFrame(one));
    else if (!isOfBand(one)) frames.push(() => valueFrame(one, stepMs));
    else {
      const key = bandKey(one);
      const known = bands.get(key);
      known?.push(one);
      if (known !== undefined) continue;
      const parts = [one];
      bands.set(key, parts);
      frames.push(() => bandFrame(parts));
    }
  }
  return frames.map((make) => make());
}

const isOfBand = ({ tags }: GrafanaSeries): boolean => tags['part'] !== undefined && tags['part'] !== 'value';

const bandKey = ({ refId, tags: { cluster, namespace, hpa, metric } }: GrafanaSeries): string =>
  [refId, cluster, namespace, hpa, metric].join(' ');

/** `gapMs`: points further apart are not joined. */
const timeField = (values: number[], gapMs?: number): Field<number> => ({
  name: 'time',
  type: FieldType.time,
  config: gapMs === undefined ? {} : { interval: gapMs },
  values,
});

/** History that was collected afterwards has a sample each five minutes. */
const HISTORY_STEP_MS = 300_000;

/** A point is the last sample of its step, so that two neighbours may lie nearly two steps apart. */
const gapOf = (stepMs: number): number => Math.max(2 * stepMs, HISTORY_STEP_MS);

function valueFrame({ refId, title, datapoints, tags, unit }: GrafanaSeries, stepMs: number): DataFrame {
  return {
    refId,
    name: title,
    meta: { type: DataFrameType.TimeSeriesMulti, preferredVisualisationType: 'graph' },
    fields: [
      timeField(
        datapoints.map(([, at]) => at),
        gapOf(stepMs),
      ),
      {
        name: 'value',
        type: FieldType.number,
        labels: tags,
        config: { displayNameFromDS: title, ...(unit !== undefined && { unit }) },
        values: datapoints.map(([value]) => value),
      },
    ],
    length: datapoints.length,
  };
}

const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((at, index) => at === b[index]);

const timesOf = ({ datapoints }: GrafanaSeries): number[] => datapoints.map(([, at]) => at);

/** The values of a part at `times`; null where it has none. */
function valuesAt(part: GrafanaSeries, times: readonly number[]): (number | null)[] {
  const own = timesOf(part);
  if (isSame(own, times)) return part.datapoints.map(([value]) => value);
  const known = new Map(part.datapoints.map(([value, at]) => [at, value]));
  return times.map((at) => known.get(at) ?? null);
}

function bandFrame(parts: GrafanaSeries[]): DataFrame {
  const first = parts[0];
  const times = [...new Set(parts.flatMap(timesOf))].sort((a, b) => a - b);
  const partOf = ({ tags }: GrafanaSeries) => tags['part'] as BandPart;
  const lowerName = parts.find((one) => partOf(one) === 'lower')?.title ?? null;
  const labels: Labels = { ...first?.tags };
  delete labels['part'];
  return {
    refId: first?.refId,
    name: [labels['namespace'], labels['hpa']].join('/'),
    meta: { type: DataFrameType.TimeSeriesWide, preferredVisualisationType: 'graph' },
    fields: [
      timeField(times),
      ...parts.map((one): Field<number | null> => ({
        name: partOf(one),
        type: FieldType.number,
        labels,
        config: {
          displayNameFromDS: one.title,
          ...(one.unit !== undefined && { unit: one.unit }),
          ...bandConfig(partOf(one), lowerName),
        },
        values: valuesAt(one, times),
      })),
    ],
    length: times.length,
  };
}

const FIELD_TYPES: Record<GrafanaTable['columns'][number]['type'], FieldType> = {
  time: FieldType.time,
  number: FieldType.number,
  string: FieldType.string,
  boolean: FieldType.boolean,
};

function tableFrame({ refId, columns, rows }: GrafanaTable): DataFrame {
  return {
    refId,
    meta: { preferredVisualisationType: 'table' },
    fields: columns.map(({ text, type, unit }, index) => ({
      name: text,
      type: FIELD_TYPES[type],
      config: columnConfig(text, unit),
      values: rows.map((row) => row[index] ?? null),
    })),
    length: rows.length,
  };
}
