import { floorTo, MINUTE } from '../core/clock.ts';
import type { RetentionPolicy } from './store.ts';

/** Rows on whole 5 minutes outlive the minute rows. */
export const THIN_STEP_MS = 5 * MINUTE;

/** Rows before `expireBefore` go; of those before `thinBefore` only whole 5 minutes stay. */
export type Cutoffs = { expireBefore: number; thinBefore: number };

export const cutoffs = ({ minutesMs, totalMs }: RetentionPolicy, now: number): Cutoffs => {
  const expireBefore = now - totalMs;
  return { expireBefore, thinBefore: Math.max(expireBefore, floorTo(now - minutesMs, THIN_STEP_MS)) };
};
