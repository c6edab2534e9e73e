import type { ProfiledMetric } from '../domain/anomaly.ts';
import { demandOf } from '../domain/demand.ts';
import type { HpaProfile, ProfileMetric } from '../domain/profile.ts';
import type { Maybe, Sample } from '../domain/sample.ts';
import { POINT_MS } from '../domain/surprise.ts';
import { profileFrom, type ProfileOptions } from './profile-from.ts';
import type { Point } from './season.ts';
import { median } from './tails.ts';

export type LearnOptions = Omit<ProfileOptions, 'metric' | 'floor'> & {
  /** Smallest change that matters; memory as a share of its level, the others in their unit. */
  floors?: Partial<Record<ProfiledMetric, number>>;
};

/** Design: replicas 1, CPU 2 points, memory 2 %, pressure 0.1. */
export const DEFAULT_FLOORS: Readonly<Record<ProfiledMetric, number>> = {
  cpu: 2,
  memory: 0.02,
  replicas: 1,
  pressure: 0.1,
};
/** Ten percent: the tolerance within which a controller does not act. */
const DEMAND_FLOOR = 0.1;

const VALUE_OF: Readonly<Record<ProfileMetric, (sample: Sample) => Maybe>> = {
  cpu: ({ cpuCurrent }) => cpuCurrent,
  memory: ({ memoryCurrent }) => memoryCurrent,
  replicas: ({ replicasCurrent }) => replicasCurrent,
  pressure: ({ pressure }) => pressure,
  demand: demandOf,
};
export const METRICS = Object.keys(VALUE_OF) as ProfileMetric[];

/** Whether a sample is one of the points that profiles are made of. */
export const isPoint = ({ ts }: Pick<Sample, 'ts'>): boolean => ts % POINT_MS === 0;

/** The points of one metric on the 5-minute grid; rows between are ignored, missing values are no points. */
export function pointsOf(samples: readonly Sample[], metric: ProfileMetric): Point[] {
  const points: Point[] = [];
  for (const sample of samples) {
    if (!isPoint(sample)) continue;
    const value = VALUE_OF[metric](sample);
    if (value !== null) points.push({ ts: sample.ts, value });
  }
  return points;
}

/** Samples of one HPA, ascending, minutes or 5 minutes apart -> its profiles; a metric with too few points has none. */
export const learn = (samples: readonly Sample[], options: LearnOptions): HpaProfile =>
  learnFrom(seriesOf(samples), options);

/** The points of each metric; see pointsOf. */
export type PointSeries = Readonly<Record<ProfileMetric, readonly Point[]>>;

export const seriesOf = (samples: readonly Sample[]): PointSeries =>
  Object.fromEntries(METRICS.map((metric) => [metric, pointsOf(samples, metric)])) as Record<ProfileMetric, Point[]>;

export function learnFrom(series: PointSeries, options: LearnOptions): HpaProfile {
  const found: HpaProfile = {};
  for (const metric of METRICS) {
    const points = series[metric];
    const profile = profileFrom(points, { ...options, metric, floor: floorOf(metric, points, options) });
    if (profile !== null) found[metric] = profile;
  }
  return found;
}

function floorOf(metric: ProfileMetric, points: readonly Point[], { floors }: LearnOptions): number {
  if (metric === 'demand') return DEMAND_FLOOR;
  const floor = floors?.[metric] ?? DEFAULT_FLOORS[metric];
  return metric === 'memory' ? Math.max(0.1, floor * median(points.map(({ value }) => value))) : floor;
}
