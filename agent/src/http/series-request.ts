import type { z } from 'zod';
import { SERIES_METRICS, type SeriesMetric, type seriesQuerySchema } from '../contract/series.ts';
import { chosenOf } from './choice.ts';
import { timeRange, type TimeRange } from './time-range.ts';

export type SeriesRequest = TimeRange & { metrics: SeriesMetric[] };

/**
 * All metrics where none was asked.
 * @throws AgentError `request/invalid`
 */
export function seriesRequest(query: z.output<typeof seriesQuerySchema>, now: number, timezone = 'UTC'): SeriesRequest {
  const range = timeRange(query, now, timezone);
  return { ...range, metrics: chosenOf('metrics', query.metrics, SERIES_METRICS) ?? [...SERIES_METRICS] };
}
