import type { Samples } from './promql-select.ts';

const first = ({ values }: Samples): number => values[0] ?? NaN;
const last = ({ values, length }: Samples): number => values[length - 1] ?? NaN;

/**
 * extrapolatedRate of promql/functions.go (Prometheus 2): the change between the first and the last sample, corrected for counter resets and
 * stretched to the window's edges where the samples reach close enough to them.
 */
function extrapolated(samples: Samples, rangeMs: number, isCounter: boolean, isRate: boolean): number | null {
  const { times, values, length, windowStart, windowEnd } = samples;
  if (length < 2) return null;
  let change = last(samples) - first(samples);
  if (isCounter) {
    for (let i = 1; i < length; i++) {
      const before = values[i - 1] ?? 0;
      if ((values[i] ?? 0) < before) change += before;
    }
  }
  const start = times[0] ?? 0;
  const end = times[length - 1] ?? 0;
  const sampled = (end - start) / 1_000;
  const between = sampled / (length - 1);
  let toStart = (start - windowStart) / 1_000;
  const toEnd = (windowEnd - end) / 1_000;
  if (isCounter && change > 0 && first(samples) >= 0) {
    // A counter cannot have been below zero: do not stretch beyond where it would have been zero.
    toStart = Math.min(toStart, sampled * (first(samples) / change));
  }
  const near = between * 1.1;
  const stretched = sampled + (toStart < near ? toStart : between / 2) + (toEnd < near ? toEnd : between / 2);
  const result = change * (stretched / sampled);
  return isRate ? result / (rangeMs / 1_000) : result;
}

function fold(samples: Samples, start: number, add: (sum: number, value: number) => number): number {
  let sum = start;
  for (let i = 0; i < samples.length; i++) sum = add(sum, samples.values[i] ?? NaN);
  return sum;
}

function changes(samples: Samples, counts: (before: number, value: number) => boolean): number {
  let count = 0;
  for (let i = 1; i < samples.length; i++) {
    if (counts(samples.values[i - 1] ?? NaN, samples.values[i] ?? NaN)) count++;
  }
  return count;
}

const mean = (samples: Samples): number => fold(samples, 0, (sum, value) => sum + value) / samples.length;

/** Functions of a range vector: what they make of the samples in one window of `rangeMs`. */
export const RANGE_FUNCTIONS: Record<string, (samples: Samples, rangeMs: number) => number | null> = {
  rate: (samples, rangeMs) => extrapolated(samples, rangeMs, true, true),
  increase: (samples, rangeMs) => extrapolated(samples, rangeMs, true, false),
  delta: (samples, rangeMs) => extrapolated(samples, rangeMs, false, false),
  changes: (samples) => changes(samples, (before, value) => before !== value),
  resets: (samples) => changes(samples, (before, value) => value < before),
  sum_over_time: (samples) => fold(samples, 0, (sum, value) => sum + value),
  avg_over_time: mean,
  min_over_time: (samples) => fold(samples, Infinity, Math.min),
  max_over_time: (samples) => fold(samples, -Infinity, Math.max),
  count_over_time: ({ length }) => length,
  last_over_time: last,
  present_over_time: () => 1,
  stddev_over_time(samples) {
    const centre = mean(samples);
    return Math.sqrt(fold(samples, 0, (sum, value) => sum + (value - centre) ** 2) / samples.length);
  },
};

/** Of these the result keeps the metric's name. */
export const KEEPS_NAME = new Set(['last_over_time']);
