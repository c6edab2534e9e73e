import type { z } from 'zod';
import { SERIES_METRICS, type SeriesMetric, type seriesQuerySchema } from '../contract/series.ts';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { formatDuration, parseDuration } from '../core/duration.ts';
import { invalid } from './input.ts';

export type SeriesRequest = { metrics: SeriesMetric[]; from: number; to: number; stepMs: number };

/** As Prometheus has it: more points than any chart can show are a mistake. */
export const MAX_POINTS = 11_000;
const CHART_POINTS = 1_500;
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1_440].map((minutes) => minutes * MINUTE);

/**
 * Fills what was not asked: all metrics, the last 3 h, the smallest usual step that gives a chart at most 1500 points.
 * @throws AgentError `request/invalid`
 */
export function seriesRequest(query: z.output<typeof seriesQuerySchema>, now: number): SeriesRequest {
  const to = query.to === undefined ? now : Date.parse(query.to);
  const from = query.from === undefined ? to - 3 * HOUR : Date.parse(query.from);
  if (from >= to)
    throw invalid(`from ${new Date(from).toISOString()} is not before to ${new Date(to).toISOString()}`, {
      field: 'from',
      value: query.from ?? new Date(from).toISOString(),
      allowed: `a time before ${new Date(to).toISOString()}`,
    });
  const stepMs = stepOf(query.step, to - from);
  return { metrics: metricsOf(query.metrics), from, to, stepMs };
}

function metricsOf(text: string | undefined): SeriesMetric[] {
  if (text === undefined) return [...SERIES_METRICS];
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const wrong = names.find((name) => !(SERIES_METRICS as readonly string[]).includes(name));
  if (wrong !== undefined)
    throw invalid(`metrics has ${JSON.stringify(wrong)}; allowed: ${SERIES_METRICS.join(', ')}`, {
      field: 'metrics',
      value: wrong,
      allowed: SERIES_METRICS,
    });
  return names as SeriesMetric[];
}

function stepOf(text: string | undefined, spanMs: number): number {
  if (text === undefined) return STEPS_MS.find((step) => spanMs / step <= CHART_POINTS) ?? DAY;
  const stepMs = parseDuration(text);
  const allowed = 'a duration of whole minutes from 1m to 1d';
  if (stepMs === null || stepMs < MINUTE || stepMs > DAY || stepMs % MINUTE !== 0)
    throw invalid(`step is ${JSON.stringify(text)}; allowed: ${allowed}`, { field: 'step', value: text, allowed });
  if (spanMs / stepMs > MAX_POINTS) {
    const least = formatDuration(Math.ceil(spanMs / MAX_POINTS / MINUTE) * MINUTE);
    throw invalid(`step ${text} makes more than ${MAX_POINTS} points of this range`, {
      field: 'step',
      value: text,
      allowed: `at least ${least} for this range`,
    });
  }
  return stepMs;
}
