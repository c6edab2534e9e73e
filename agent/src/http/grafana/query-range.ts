import type { z } from 'zod';
import type { grafanaQuerySchema } from '../../contract/grafana.ts';
import { DAY, HOUR, MINUTE } from '../../core/clock.ts';
import { invalid } from '../input.ts';
import { usualStepMs, type TimeRange } from '../time-range.ts';
import { iso } from '../time-text.ts';

const USUAL_SPAN_MS = 3 * HOUR;
const USUAL_POINTS = 1_500;
const MOST_POINTS = 11_000;
/** A band may be drawn ahead, but no chart needs more. */
const LONGEST_MS = 400 * DAY;

type Query = z.output<typeof grafanaQuerySchema>;

/**
 * The range of a query and its step: the smallest usual one that keeps to the interval and to the points that the panel can show.
 * @throws AgentError `request/invalid`
 */
export function queryRange({ range, intervalMs, maxDataPoints }: Query, now: number): TimeRange {
  const to = range ? Date.parse(range.to) : now;
  const from = range ? Date.parse(range.from) : to - USUAL_SPAN_MS;
  if (from >= to)
    throw invalid(`range.from ${iso(from)} is not before range.to ${iso(to)}`, {
      field: 'range.from',
      value: range?.from,
      allowed: `a time before ${iso(to)}`,
    });
  if (to - from > LONGEST_MS)
    throw invalid('range is longer than 400 d', {
      field: 'range.from',
      value: range?.from,
      allowed: `from ${iso(to - LONGEST_MS)} on`,
    });
  const points = Math.min(MOST_POINTS, Math.max(1, Math.floor(maxDataPoints ?? USUAL_POINTS)));
  return { from, to, stepMs: usualStepMs(Math.max(MINUTE, intervalMs ?? 0, (to - from) / points)) };
}
