import type { Line } from './model';

/** A gap is what lasts longer than this many usual steps. */
const GAP_STEPS = 2.5;

/** One point in time for all lines: what uPlot wants. undefined: the line has no point there and is drawn across; null: a gap. */
export type Aligned = { times: number[]; columns: (number | null | undefined)[][] };

export function alignLines(lines: readonly Line[]): Aligned {
  const times = [...new Set(lines.flatMap((line) => line.times))].sort((a, b) => a - b);
  return { times, columns: lines.map((line) => onTimes(line, times)) };
}

function onTimes(line: Line, times: readonly number[]): (number | null | undefined)[] {
  if (line.times.length === times.length) return [...line.values];
  let next = 0;
  const column = times.map((time) => {
    if (line.times[next] !== time) return undefined;
    next += 1;
    return line.values[next - 1] ?? null;
  });
  return widenGaps(column);
}

/** A gap reaches from the last known value to the next one, also over the times that only other lines have. */
function widenGaps(column: (number | null | undefined)[]): (number | null | undefined)[] {
  const wide = [...column];
  for (let start = 0; start < wide.length; start += 1) {
    if (typeof wide[start] === 'number') continue;
    let end = start;
    while (end < wide.length && typeof wide[end] !== 'number') end += 1;
    if (column.slice(start, end).includes(null)) wide.fill(null, start, end);
    start = end;
  }
  return wide;
}

/**
 * Where points are missing altogether, nulls are put in: nothing is known there, so nothing is drawn. What is usual is judged by the points before
 * and after, since older history is coarser than that of the last days: five minutes there are no gap.
 */
export function withGaps(line: Line): Line {
  const { times: at } = line;
  const times: number[] = [];
  const values: (number | null)[] = [];
  at.forEach((time, i) => {
    const before = at[i - 1];
    const step = usualAround(at, i);
    if (before !== undefined && step !== null && time - before > step * GAP_STEPS) {
      times.push(before + step, time - step);
      values.push(null, null);
    }
    times.push(time);
    values.push(line.values[i] ?? null);
  });
  return times.length === at.length ? line : { times, values };
}

/** Points looked at on each side. */
const AROUND = 6;

/** The larger of what is usual before the way to point `i` and after it. null: there is no other way to compare it with. */
function usualAround(times: readonly number[], i: number): number | null {
  const steps = [times.slice(Math.max(0, i - AROUND), i), times.slice(i, i + AROUND)].map(usualStep);
  const known = steps.filter((step) => step !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Median distance of neighbours, ms. null: fewer than two points. */
function usualStep(times: readonly number[]): number | null {
  const steps = times.slice(1).map((time, i) => time - (times[i] ?? time));
  steps.sort((a, b) => a - b);
  return steps[Math.floor((steps.length - 1) / 2)] ?? null;
}

/** How far from a point its value may be said to hold: the distance to its neighbours. */
export function reachOf(times: readonly number[], index: number): number {
  const at = times[index] ?? NaN;
  return Math.max(at - (times[index - 1] ?? at), (times[index + 1] ?? at) - at) || Infinity;
}

/** Index of the last time that is not after `at`; -1: all are after it. */
export function lastIndexAt(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Index of the time nearest to `at`; -1: none is so near that its value holds there. */
export function nearestIndex(times: readonly number[], at: number): number {
  const before = lastIndexAt(times, at);
  const after = before + 1;
  const nearest = (times[after] ?? Infinity) - at < at - (times[before] ?? -Infinity) ? after : before;
  return Math.abs((times[nearest] ?? Infinity) - at) <= reachOf(times, nearest) ? nearest : -1;
}

/** A line in steps over all that is shown: the level before holds at the start, the last one to the end. */
export function heldOver({ times, values }: Line, { from, to }: { from: number; to: number }): Line {
  const before = lastIndexAt(times, from);
  const inside = times
    .map((time, i) => [time, values[i] ?? null] as const)
    .filter(([time]) => time > from && time < to);
  const first = before >= 0 ? (values[before] ?? null) : (values[0] ?? null);
  const last = inside.at(-1)?.[1] ?? first;
  if (times.length === 0) return { times: [], values: [] };
  const points = [[from, first] as const, ...inside, [to, last] as const];
  return { times: points.map(([time]) => time), values: points.map(([, value]) => value) };
}
