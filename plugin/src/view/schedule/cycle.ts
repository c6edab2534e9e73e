import type { TimeslotsAnswer } from '@hpa-watch/agent/contract';
import { durationMs } from '../duration';
import type { ScheduleModel, Turn } from './model';

/** The agent tells its place in the cycle in whole percent, so a smaller difference of the clocks tells nothing. */
const NEGLIGIBLE_MS = 2_000;

/** How far the agent's clock is ahead of the browser's (ms), as one answer tells; null while the agent is idle. */
export function clockAheadMs({ configuration, current_cycle }: TimeslotsAnswer, receivedAt: number): number | null {
  if (current_cycle === null) return null;
  const cycleMs = durationMs(configuration.cycle_duration) ?? 0;
  return Date.parse(current_cycle.started_at) + (current_cycle.progress_percent / 100) * cycleMs - receivedAt;
}

/**
 * The best guess after another answer. An answer that was held in a cache, or took long, only makes the agent's clock look late: the highest
 * value is the truest.
 */
export const settledAheadMs = (before: number | null, seen: number | null): number | null =>
  before === null || seen === null ? (seen ?? before) : Math.max(before, seen);

/** What to add to the browser's clock. */
export const clockCorrectionMs = (aheadMs: number | null): number =>
  aheadMs === null || Math.abs(aheadMs) < NEGLIGIBLE_MS ? 0 : aheadMs;

/** How far into the cycle `now` is (agent's clock), in ms; the cycle repeats. null while idle. */
export function positionMs({ cycleStartedAt, cycleMs }: ScheduleModel, now: number): number | null {
  if (cycleStartedAt === null || cycleMs <= 0) return null;
  return (((now - cycleStartedAt) % cycleMs) + cycleMs) % cycleMs;
}

/** Whose turn it is at that place of the cycle, and how long it still is. */
export function turnAt(turns: readonly Turn[], position: number | null): { turn: Turn; leftMs: number } | null {
  if (position === null) return null;
  const turn = turns.find(({ startMs, durationMs: length }) => position >= startMs && position < startMs + length);
  return turn === undefined ? null : { turn, leftMs: turn.startMs + turn.durationMs - position };
}
