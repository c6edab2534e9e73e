import type { Matcher } from './promql-ast.ts';
import { emptySeries, type StepSeries, type Steps } from './promql-vector.ts';
import type { ScrapeGrid } from './scrapes.ts';
import type { RawSeries } from './series.ts';

/** The samples that a query runs over. `rows` is how many scrapes there were by now. */
export type SampleSource = {
  grid: ScrapeGrid;
  rows: number;
  /** Whether a series that a scrape no longer shows ends there (a live Prometheus), or lingers (imported history). */
  staleMarkers: boolean;
  series(fromRow: number, toRow: number): RawSeries[];
};

/** --query.lookback-delta */
export const LOOKBACK_MS = 300_000;

function select(source: SampleSource, matchers: readonly Matcher[], from: number, to: number): RawSeries[] {
  const fromRow = Math.max(0, source.grid.rowsUntil(from - 1));
  const toRow = Math.min(source.rows, source.grid.rowsUntil(to));
  if (toRow <= fromRow) return [];
  return source
    .series(fromRow, toRow)
    .filter(({ labels }) => matchers.every(({ label, test }) => test(labels[label] ?? '')));
}

/** Value of each series at each step: the newest sample at most five minutes old, unless the series ended before. */
export function instantVector(
  source: SampleSource,
  matchers: readonly Matcher[],
  steps: Steps,
  offsetMs: number,
): StepSeries[] {
  const at = (step: number) => steps.start + step * steps.stepMs - offsetMs;
  const { grid, staleMarkers } = source;
  const found: StepSeries[] = [];
  for (const raw of select(source, matchers, at(0) - LOOKBACK_MS, at(steps.count - 1))) {
    const to = Math.min(raw.to(), source.rows);
    const first = firstStep(grid.timeOf(raw.from), steps, offsetMs);
    const last = lastStep(grid.timeOf(to - 1) + LOOKBACK_MS, steps, offsetMs);
    const series = emptySeries(raw.labels, first, last + 1);
    let any = false;
    for (let step = first; step <= last; step++) {
      const newest = Math.min(grid.rowsUntil(at(step)), source.rows) - 1;
      const oldest = staleMarkers ? newest : Math.max(raw.from, grid.rowsUntil(at(step) - LOOKBACK_MS - 1));
      if (grid.timeOf(newest) < at(step) - LOOKBACK_MS) continue;
      for (let row = newest; row >= oldest; row--) {
        const value = row < raw.from || row >= to ? NaN : raw.at(row);
        if (Number.isNaN(value)) continue;
        series.values[step - first] = value;
        series.has[step - first] = 1;
        any = true;
        break;
      }
    }
    if (any) found.push(series);
  }
  return found;
}

const firstStep = (ts: number, { start, stepMs }: Steps, offsetMs: number): number =>
  Math.max(0, Math.ceil((ts + offsetMs - start) / stepMs));
const lastStep = (ts: number, { start, stepMs, count }: Steps, offsetMs: number): number =>
  Math.min(count - 1, Math.floor((ts + offsetMs - start) / stepMs));

/** The samples of one series inside a window, oldest first; `length` of them. Reused from call to call. */
export type Samples = {
  times: Float64Array;
  values: Float64Array;
  length: number;
  windowStart: number;
  windowEnd: number;
};

/** `reduce` over the samples in [t - rangeMs, t] of each series at each step t; null leaves the step without a value. */
export function overWindows(
  source: SampleSource,
  matchers: readonly Matcher[],
  steps: Steps,
  rangeMs: number,
  offsetMs: number,
  reduce: (samples: Samples) => number | null,
): StepSeries[] {
  const { grid } = source;
  const at = (step: number) => steps.start + step * steps.stepMs - offsetMs;
  const most = Math.floor(rangeMs / grid.scrapeMs) + 2;
  const samples: Samples = {
    times: new Float64Array(most),
    values: new Float64Array(most),
    length: 0,
    windowStart: 0,
    windowEnd: 0,
  };
  const found: StepSeries[] = [];
  for (const raw of select(source, matchers, at(0) - rangeMs, at(steps.count - 1))) {
    const to = Math.min(raw.to(), source.rows);
    const first = firstStep(grid.timeOf(raw.from), steps, offsetMs);
    const last = lastStep(grid.timeOf(to - 1) + rangeMs, steps, offsetMs);
    const series = emptySeries(raw.labels, first, last + 1);
    for (let step = first; step <= last; step++) {
      samples.windowEnd = at(step);
      samples.windowStart = samples.windowEnd - rangeMs;
      samples.length = 0;
      const from = Math.max(raw.from, grid.rowsUntil(samples.windowStart - 1));
      for (let row = from; row < to && grid.timeOf(row) <= samples.windowEnd; row++) {
        const value = raw.at(row);
        if (Number.isNaN(value)) continue;
        samples.times[samples.length] = grid.timeOf(row);
        samples.values[samples.length++] = value;
      }
      const value = samples.length === 0 ? null : reduce(samples);
      if (value === null) continue;
      series.values[step - first] = value;
      series.has[step - first] = 1;
    }
    found.push(series);
  }
  return found;
}
