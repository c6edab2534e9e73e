import { floorTo, HOUR, MINUTE } from '../core/clock.ts';

/** A range to collect: instants `start`, `start + stepMs`, ..., `end`, both ends included, epoch ms. */
export type Window = { start: number; end: number; stepMs: number };

export const BACKFILL_STEP_MS = 5 * MINUTE;
export const BACKFILL_SPAN_MS = 72 * HOUR;
export const SCAN_STEP_MS = MINUTE;

/** Number of instants in a window. */
export const pointsIn = ({ start, end, stepMs }: Window): number =>
  end < start ? 0 : Math.floor((end - start) / stepMs) + 1;

/** The 72 h before `now` at 5 m: end = now floored to the step, start = end - span + step; 864 points by default. */
export function backfillWindow(now: number, spanMs = BACKFILL_SPAN_MS, stepMs = BACKFILL_STEP_MS): Window {
  const end = floorTo(now, stepMs);
  return { start: end - spanMs + stepMs, end, stepMs };
}

/** Two halves without overlap, or null when there is only one instant left. */
export function halve(window: Window): [Window, Window] | null {
  const points = pointsIn(window);
  if (points < 2) return null;
  const middle = window.start + (Math.ceil(points / 2) - 1) * window.stepMs;
  return [
    { ...window, end: middle },
    { ...window, start: middle + window.stepMs },
  ];
}
