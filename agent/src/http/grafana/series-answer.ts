import type { BaselineMetric, SeriesMetric } from '../../contract/api.ts';
import { BASELINE_METRICS } from '../../contract/anomalies.ts';
import type { GrafanaSeries } from '../../contract/grafana.ts';
import { SERIES_METRICS } from '../../contract/series.ts';
import type { HpaKey } from '../../domain/hpa.ts';
import { bandAt, type HpaProfile } from '../../domain/profile.ts';
import type { Sample } from '../../domain/sample.ts';
import { invalid } from '../input.ts';
import { COLUMN_OF } from '../present-hpa.ts';
import { COLUMN_OF_METRIC } from '../present-baseline.ts';
import type { TimeRange } from '../time-range.ts';
import { someOf } from './choices.ts';
import type { Payload } from './selection.ts';

export const BAND_PARTS = ['value', 'lower', 'expected', 'upper'] as const;
export type BandPart = (typeof BAND_PARTS)[number];

/** Short names of the four metrics that have a baseline mean their current values. */
const SHORT: Record<BaselineMetric, SeriesMetric> = {
  cpu: 'cpu_current',
  memory: 'memory_current',
  replicas: 'replicas_current',
  pressure: 'pressure',
};

/** Units of Grafana: % as 0 to 100, MiB. */
const unitOf = (metric: string): string | undefined => {
  if (metric.startsWith('cpu') || metric === 'memory_utilization' || metric === 'memory_target') return 'percent';
  return metric.startsWith('memory') ? 'mbytes' : undefined;
};

export type SeriesRequest =
  | { kind: 'series'; refId: string; metrics: SeriesMetric[]; legend: string | null }
  | { kind: 'band'; refId: string; metrics: BaselineMetric[]; parts: BandPart[]; legend: string | null };

const LEGEND_RULE =
  'a text of at most 200 characters; {{cluster}}, {{namespace}}, {{hpa}}, {{metric}}, {{part}} stand for their values';

function legendOf(payload: Payload, field: string): string | null {
  const { legend } = payload;
  if (legend === undefined || legend === null || legend === '') return null;
  if (typeof legend === 'string' && legend.length <= 200) return legend;
  throw invalid(`${field}.legend is not allowed`, { field: `${field}.legend`, value: legend, allowed: LEGEND_RULE });
}

/** @throws AgentError `request/invalid` */
export function seriesTarget(kind: 'series' | 'band', refId: string, payload: Payload, field: string): SeriesRequest {
  const legend = legendOf(payload, field);
  if (kind === 'band') {
    const metrics = someOf(payload['metric'], `${field}.metric`, BASELINE_METRICS) ?? ['cpu'];
    const parts = someOf(payload['parts'], `${field}.parts`, BAND_PARTS) ?? ['lower', 'expected', 'upper'];
    return { kind, refId, metrics, parts, legend };
  }
  const names = someOf(payload['metric'], `${field}.metric`, [...SERIES_METRICS, ...BASELINE_METRICS]) ?? [
    'cpu_current',
  ];
  const metrics = names.map((name) => (name in SHORT ? SHORT[name as BaselineMetric] : (name as SeriesMetric)));
  return { kind, refId, metrics: [...new Set(metrics)], legend };
}

/** How many series a target makes of one HPA. */
export const seriesPerHpa = (request: SeriesRequest): number =>
  request.metrics.length * (request.kind === 'band' ? request.parts.length : 1);

export type SeriesFacts = { key: HpaKey; samples: readonly Sample[]; profile: HpaProfile | null };

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

/** The series of one HPA. A part of a band of which nothing was learned is absent. */
export function seriesOfHpa(
  request: SeriesRequest,
  { key, samples, profile }: SeriesFacts,
  range: TimeRange,
): GrafanaSeries[] {
  const valuesOf = (column: (sample: Sample) => number | null): GrafanaSeries['datapoints'] =>
    samples.map((sample) => [roundedOrNull(column(sample)), sample.ts]);
  if (request.kind === 'series')
    return request.metrics.map((metric) =>
      named(
        request,
        key,
        metric,
        null,
        valuesOf((sample) => sample[COLUMN_OF[metric]]),
      ),
    );
  return request.metrics.flatMap((metric) => {
    const learned = profile?.[metric];
    const bands = learned ? instantsOf(range).map((at) => ({ at, band: bandAt(learned, at) })) : null;
    return request.parts.flatMap((part): GrafanaSeries[] => {
      if (part === 'value')
        return [
          named(
            request,
            key,
            metric,
            part,
            valuesOf((sample) => sample[COLUMN_OF_METRIC[metric]]),
          ),
        ];
      return bands === null
        ? []
        : [
            named(
              request,
              key,
              metric,
              part,
              bands.map(({ at, band }) => [rounded(band[part]), at]),
            ),
          ];
    });
  });
}

const roundedOrNull = (value: number | null): number | null => (value === null ? null : rounded(value));

function instantsOf({ from, to, stepMs }: TimeRange): number[] {
  const instants: number[] = [];
  for (let at = Math.ceil(from / stepMs) * stepMs; at <= to; at += stepMs) instants.push(at);
  return instants;
}

function named(
  { refId, legend }: SeriesRequest,
  { cluster, namespace, hpa }: HpaKey,
  metric: string,
  part: BandPart | null,
  datapoints: GrafanaSeries['datapoints'],
): GrafanaSeries {
  const tags = { cluster, namespace, hpa, metric, ...(part === null ? {} : { part }) };
  const usual = `${namespace}/${hpa} · ${cluster} · ${metric}${part === null ? '' : ` ${part}`}`;
  const title =
    legend?.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => tags[name as keyof typeof tags] ?? '') ?? usual;
  const unit = unitOf(metric);
  return { target: title, title, refId, datapoints, tags, ...(unit === undefined ? {} : { unit }) };
}
