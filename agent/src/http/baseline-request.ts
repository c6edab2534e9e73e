import type { z } from 'zod';
import { BASELINE_METRICS, type BaselineMetric } from '../contract/anomalies.ts';
import type { AcceptRequest, baselineQuerySchema } from '../contract/baseline.ts';
import { DAY, floorTo, MINUTE } from '../core/clock.ts';
import { chosenOf } from './choice.ts';
import { invalid } from './input.ts';
import { timeRange, type TimeRange } from './time-range.ts';
import { iso } from './time-text.ts';

export type BaselineRequest = TimeRange & { metrics: BaselineMetric[] };

/** How far ahead a band is shown. */
const AHEAD_MS = DAY;

/**
 * All metrics where none was asked; from the whole minute on, as samples lie.
 * @throws AgentError `request/invalid`
 */
export function baselineRequest(
  query: z.output<typeof baselineQuerySchema>,
  now: number,
  timezone: string,
): BaselineRequest {
  const { from, to, stepMs } = timeRange(query, now, timezone);
  // The day of now may have 25 hours.
  const isToday = query.day !== undefined && from <= now;
  if (to > now + AHEAD_MS && !isToday)
    throw invalid(`to ${iso(to)} is more than 24 h ahead`, {
      field: query.day === undefined ? 'to' : 'day',
      value: query.day ?? query.to,
      allowed: `a time up to ${iso(now + AHEAD_MS)}`,
    });
  const metrics = chosenOf('metrics', query.metrics, BASELINE_METRICS) ?? [...BASELINE_METRICS];
  // Steps of what was seen begin at their multiples, so bands beside it do too.
  const gridMs = query.observed === 'true' && query.day === undefined ? stepMs : MINUTE;
  return { from: floorTo(from, gridMs), to, stepMs, metrics };
}

/** From when on is the new normal, epoch ms; null: none. @throws AgentError `request/invalid` */
export function acceptedSince(request: AcceptRequest | undefined, now: number): number | null {
  if (request?.since === null) return null;
  if (request?.since === undefined) return now;
  const since = Date.parse(request.since);
  if (since > now)
    throw invalid(`since ${iso(since)} is ahead: nothing is known of it yet`, {
      field: 'since',
      value: request.since,
      allowed: `a time up to ${iso(now)}, or null`,
    });
  return since;
}
