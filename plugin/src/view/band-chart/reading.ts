import { lastIndexAt, nearestIndex } from './align';
import type { ChartAnomaly, ChartModel, Reference } from './model';

/** What the chart knows of one moment. */
export type Reading = {
  at: number;
  value: number | null;
  usual: { lower: number; upper: number; expected: number | null } | null;
  references: { reference: Reference; value: number }[];
  anomalies: ChartAnomaly[];
};

/** Values with their gaps as nulls (`withGaps`). */
export function readAt({ value, band, references, anomalies }: ChartModel, at: number): Reading {
  const index = nearestIndex(value.times, at);
  return {
    at,
    value: value.values[index] ?? null,
    usual: usualAt(band, at),
    references: references.flatMap((reference) => {
      const { times, values } = reference.line;
      const found = values[Math.max(0, lastIndexAt(times, at))];
      return found === null || found === undefined ? [] : [{ reference, value: found }];
    }),
    anomalies: anomalies.filter(({ start, end }) => start <= at && at <= (end ?? Infinity)),
  };
}

function usualAt(band: ChartModel['band'], at: number): Reading['usual'] {
  if (band === null) return null;
  const index = nearestIndex(band.times, at);
  const [lower, upper] = [band.lower[index], band.upper[index]];
  if (lower === null || lower === undefined || upper === null || upper === undefined) return null;
  return { lower, upper, expected: band.expected?.[index] ?? null };
}

/** The last moment at which the value is known; null: never. */
export function latestReading(model: ChartModel): Reading | null {
  const { times, values } = model.value;
  for (let i = times.length - 1; i >= 0; i -= 1) {
    const at = times[i];
    if (at !== undefined && values[i] !== null && values[i] !== undefined) return readAt(model, at);
  }
  return null;
}
