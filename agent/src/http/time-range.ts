import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { formatDuration, parseDuration } from '../core/duration.ts';
import { dayOf, startOfDay, wallClockMs } from '../domain/local-time.ts';
import { invalid } from './input.ts';
import { iso } from './time-text.ts';

export type TimeRange = { from: number; to: number; stepMs: number };
export type TimeRangeQuery = {
  from?: string | undefined;
  to?: string | undefined;
  step?: string | undefined;
  day?: string | undefined;
  max_points?: number | undefined;
};

/** As Prometheus has it: more points than any chart can show are a mistake. */
export const MAX_POINTS = 11_000;
const CHART_POINTS = 1_500;
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1_440].map((minutes) => minutes * MINUTE);

/** The smallest usual step that is not shorter; a day where none is. */
export const usualStepMs = (leastMs: number): number => STEPS_MS.find((step) => step >= leastMs) ?? DAY;

const LONGEST_MS = MAX_POINTS * DAY;

/**
 * Fills what was not asked: the last 3 h, the smallest usual step that gives a chart at most 1500 points (or as many as asked). Never
 * more than `MAX_POINTS` steps. With `day` from the first to the last minute of that day in `timezone`.
 * @throws AgentError `request/invalid`
 */
export function timeRange(query: TimeRangeQuery, now: number, timezone = 'UTC'): TimeRange {
  if (query.day !== undefined) {
    const range = dayRange(query.day, query, now, timezone);
    return { ...range, stepMs: stepOf(query, range.to - range.from) };
  }
  const to = query.to === undefined ? now : Date.parse(query.to);
  const from = query.from === undefined ? to - 3 * HOUR : Date.parse(query.from);
  const shown = query.from ?? iso(from);
  if (from >= to)
    throw invalid(`from ${iso(from)} is not before to ${iso(to)}`, {
      field: 'from',
      value: shown,
      allowed: `a time before ${iso(to)}`,
    });
  if (to - from > LONGEST_MS)
    throw invalid(`from ${iso(from)} is more than ${MAX_POINTS} days before to ${iso(to)}`, {
      field: 'from',
      value: shown,
      allowed: `a time from ${iso(to - LONGEST_MS)} on`,
    });
  return { from, to, stepMs: stepOf(query, to - from) };
}

function dayRange(text: string, query: TimeRangeQuery, now: number, timezone: string): { from: number; to: number } {
  for (const field of ['from', 'to'] as const)
    if (query[field] !== undefined)
      throw invalid(`${field} does not go with day`, {
        field,
        value: query[field],
        allowed: 'either day or from and to',
      });
  const day = dayNumber(text, dayOf(wallClockMs(now, timezone)));
  if (day === null) {
    const allowed = 'today, yesterday or a date such as 2026-01-05';
    throw invalid(`day is ${JSON.stringify(text)}; allowed: ${allowed}`, { field: 'day', value: text, allowed });
  }
  return { from: startOfDay(day, timezone), to: startOfDay(day + 1, timezone) - MINUTE };
}

function dayNumber(text: string, today: number): number | null {
  if (text === 'today') return today;
  if (text === 'yesterday') return today - 1;
  const at = Date.parse(`${text}T00:00:00Z`);
  // A date that rolls over, such as 2026-02-30, is none.
  return Number.isNaN(at) || !iso(at).startsWith(text) ? null : dayOf(at);
}

function stepOf({ step: text, max_points: most = CHART_POINTS }: TimeRangeQuery, spanMs: number): number {
  if (text === undefined) return usualStepMs(spanMs / most);
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
