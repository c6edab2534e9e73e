import { METRICS, type LearnOptions, type PointSeries } from '../baseline/hpa-profile.ts';
import type { Point } from '../baseline/season.ts';
import type { HpaProfile, ProfileMetric } from '../domain/profile.ts';
import { isValue } from '../domain/sample.ts';

/** What crosses between learning-thread.ts and its worker: flat arrays, which are moved and not copied. */
export type LearnRequest = { id: number; columns: Float64Array<ArrayBuffer>[]; options: LearnOptions };
export type LearnResponse = { id: number; profile: HpaProfile } | { id: number; error: string };

/** Per metric: instant, value, instant, value, ... */
export const packSeries = (series: PointSeries): Float64Array<ArrayBuffer>[] =>
  METRICS.map((metric) => {
    const points = series[metric];
    const column = new Float64Array(2 * points.length);
    points.forEach(({ ts, value }, i) => {
      column[2 * i] = ts;
      column[2 * i + 1] = value;
    });
    return column;
  });

/** What is no point is none here either: one infinite value would make a whole profile useless. */
export const unpackSeries = (columns: readonly Float64Array[]): PointSeries =>
  Object.fromEntries(
    METRICS.map((metric, m) => {
      const column = columns[m] ?? new Float64Array(0);
      const points = Array.from({ length: column.length / 2 }, (_, i) => ({
        ts: column[2 * i] ?? NaN,
        value: column[2 * i + 1] ?? NaN,
      }));
      return [metric, points.filter(({ ts, value }) => Number.isSafeInteger(ts) && isValue(value))];
    }),
  ) as Record<ProfileMetric, Point[]>;
