import type { Tail, Tails } from '../domain/profile.ts';

export type DayValue = { day: number; value: number };

/** A day with fewer values than this says nothing of its rare ones. */
const MIN_A_DAY = 60;

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/** 98 % quantile, mean excess over it, and the spread between the 2 and 98 % quantiles. */
function tailOf(sorted: readonly number[]): Tail & { spread: number } {
  const u = quantile(sorted, 0.98);
  let excess = 0;
  let count = 0;
  for (let i = sorted.length - 1; i >= 0 && (sorted[i] as number) > u; i--) {
    excess += (sorted[i] as number) - u;
    count++;
  }
  return { u, e: count === 0 ? 0 : excess / count, spread: u - quantile(sorted, 0.02) };
}

/**
 * The upper tail of a distribution, as the median over days of each day's tail: an incident on one day in three leaves no trace, while
 * what happens every day does. `floor` is the smallest value that matters.
 */
export function upperTail(values: readonly DayValue[], floor: number): Tail {
  const byDay = new Map<number, number[]>();
  for (const { day, value } of values) {
    const known = byDay.get(day);
    if (known === undefined) byDay.set(day, [value]);
    else known.push(value);
  }
  const whole = [...byDay.values()].filter((day) => day.length >= MIN_A_DAY);
  const groups = whole.length > 0 ? whole : [values.map(({ value }) => value)];
  const tails = groups.map((group) => tailOf(group.sort((a, b) => a - b)));
  const spread = median(tails.map((tail) => tail.spread));
  return {
    u: Math.max(floor, median(tails.map((tail) => tail.u))),
    e: Math.max(floor / 10, 0.05 * spread, median(tails.map((tail) => tail.e))),
  };
}

/** Both tails; the lower one is given as distances below zero, so positive too. */
export const tailsOf = (values: readonly DayValue[], floor: number): Tails => ({
  high: upperTail(values, floor),
  low: upperTail(
    values.map(({ day, value }) => ({ day, value: -value })),
    floor,
  ),
});
