import type { BaselineAnswer, BaselineMetric } from '../contract/api.ts';
import type { Sample } from '../domain/sample.ts';
import type { BaselineRequest } from './baseline-request.ts';
import { COLUMN_OF_METRIC, instantsOf } from './present-baseline.ts';
import { iso } from './time-text.ts';

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The store's steps begin at multiples of their length: the longest one that falls on the steps asked for. */
export const readStepMs = ({ from, stepMs }: Pick<BaselineRequest, 'from' | 'stepMs'>): number =>
  gcd(stepMs, from % stepMs);

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

/** The last value of `metric` in each step that begins at an instant; null where there is none. */
export function onSteps(
  samples: readonly Sample[],
  instants: readonly number[],
  stepMs: number,
  metric: BaselineMetric,
): (number | null)[] {
  const column = COLUMN_OF_METRIC[metric];
  const first = instants[0] ?? 0;
  const values = new Array<number | null>(instants.length).fill(null);
  for (const sample of samples) {
    const value = sample[column];
    const at = Math.floor((sample.ts - first) / stepMs);
    if (value !== null && at >= 0 && at < values.length) values[at] = rounded(value);
  }
  return values;
}

/** What was really seen, at the instants of the bands. */
export function presentObserved(samples: readonly Sample[], request: BaselineRequest): BaselineAnswer['observed'] {
  const instants = instantsOf(request);
  const values = request.metrics.map((metric) => [metric, onSteps(samples, instants, request.stepMs, metric)] as const);
  return { timestamps: instants.map(iso), values: Object.fromEntries(values) };
}
