import { failed } from './promql-error.ts';
import { labelKey } from './series.ts';

/** The steps of a query: `start`, `start + stepMs`, ..., `count` of them; epoch ms. An instant query has one. */
export type Steps = { start: number; stepMs: number; count: number };

/**
 * One series over the steps of a query. It has no value outside steps [from, from + values.length); inside, only where `has` is 1, since NaN is
 * a value too.
 */
export type StepSeries = {
  labels: Readonly<Record<string, string>>;
  from: number;
  values: Float64Array;
  has: Uint8Array;
};

export type Value =
  | { type: 'scalar'; values: Float64Array }
  | { type: 'vector'; series: StepSeries[] }
  | { type: 'string'; value: string };

export const emptySeries = (labels: Readonly<Record<string, string>>, from: number, to: number): StepSeries => ({
  labels,
  from,
  values: new Float64Array(Math.max(0, to - from)),
  has: new Uint8Array(Math.max(0, to - from)),
});

export const endOf = ({ from, values }: StepSeries): number => from + values.length;
export const hasAt = ({ from, has }: StepSeries, step: number): boolean => has[step - from] === 1;
export const valueAt = ({ from, values }: StepSeries, step: number): number => values[step - from] ?? NaN;

export function without(labels: Readonly<Record<string, string>>, names: Iterable<string>): Record<string, string> {
  const rest = { ...labels };
  for (const name of names) delete rest[name];
  return rest;
}

export function only(labels: Readonly<Record<string, string>>, names: Iterable<string>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of names) if (labels[name]) kept[name] = labels[name];
  return kept;
}

export const dropName = (labels: Readonly<Record<string, string>>): Record<string, string> =>
  without(labels, ['__name__']);

/** The steps that any of the series covers. */
export function span(series: readonly StepSeries[]): [from: number, to: number] {
  let from = Infinity;
  let to = 0;
  for (const one of series) {
    from = Math.min(from, one.from);
    to = Math.max(to, endOf(one));
  }
  return series.length === 0 ? [0, 0] : [from, to];
}

/**
 * Series of equal labels become one, as they are one for the asker.
 * @throws PromqlError where two of them have a value at the same step
 */
export function merge(series: readonly StepSeries[]): StepSeries[] {
  const groups = new Map<string, StepSeries[]>();
  for (const one of series) {
    const key = labelKey(one.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  if (groups.size === series.length) return [...series];
  return [...groups.values()].map((group) => (group.length === 1 && group[0] !== undefined ? group[0] : joined(group)));
}

function joined(group: readonly StepSeries[]): StepSeries {
  const [from, to] = span(group);
  const result = emptySeries(group[0]?.labels ?? {}, from, to);
  for (const one of group) {
    for (let i = 0; i < one.has.length; i++) {
      if (one.has[i] !== 1) continue;
      const at = one.from + i - from;
      if (result.has[at] === 1) throw failed('vector cannot contain metrics with the same labelset');
      result.has[at] = 1;
      result.values[at] = one.values[i] ?? NaN;
    }
  }
  return result;
}

/** `series` with `change` applied to its values; `keep` false takes the value away. */
export function mapped(
  series: StepSeries,
  labels: Readonly<Record<string, string>>,
  change: (value: number, step: number) => number,
  keep: (value: number, step: number) => boolean = () => true,
): StepSeries {
  const result = emptySeries(labels, series.from, endOf(series));
  for (let i = 0; i < series.has.length; i++) {
    const value = series.values[i] ?? NaN;
    const step = series.from + i;
    if (series.has[i] !== 1 || !keep(value, step)) continue;
    result.has[i] = 1;
    result.values[i] = change(value, step);
  }
  return result;
}
