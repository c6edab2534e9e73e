import { MINUTE } from '../core/clock.ts';
import type { Profile, Tail } from './profile.ts';

/** The statistics are made of points this far apart. */
export const POINT_MS = 5 * MINUTE;
const LEVEL_POINTS = 6;
const MISFIT_POINTS = 12;
/** Memory of about four hours. */
const JUMP_WEIGHT = 0.02;
const MAX_GAP_POINTS = 3;
const LN10 = Math.LN10;

/** What the statistics remember of one series. Plain data. */
export type SurpriseState = {
  at: number;
  /** The last residuals, oldest first. */
  residuals: readonly number[];
  /** EWMA of the value. */
  mean: number;
  /** Fisher's sum at the last point, before smoothing. */
  score: number;
};

/** A: mean residual of 30 min; B: value less its EWMA; C: mean absolute residual of 60 min. null: too few points yet. */
export type Statistics = { level: number | null; jump: number | null; misfit: number | null };

/** Takes in one 5-minute point. After a hole of more than 15 min the windows begin anew. */
export function observe(
  before: SurpriseState | null,
  at: number,
  value: number,
  residual: number,
): { state: SurpriseState; statistics: Statistics } {
  const isFresh = before === null || at - before.at > MAX_GAP_POINTS * POINT_MS;
  const residuals = isFresh ? [residual] : [...before.residuals.slice(1 - MISFIT_POINTS), residual];
  const known = before?.mean ?? value;
  const level = residuals.length < LEVEL_POINTS ? null : meanOf(residuals.slice(-LEVEL_POINTS));
  const misfit = residuals.length < MISFIT_POINTS ? null : meanOf(residuals.map(Math.abs));
  return {
    state: { at, residuals, mean: known + JUMP_WEIGHT * (value - known), score: isFresh ? 0 : before.score },
    statistics: { level, jump: before === null ? null : value - known, misfit },
  };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Decades of probability: 1.7 is the 98 % quantile, one more for each tenth of what is left. */
const decades = (value: number, { u, e }: Tail): number => (value > u ? 1.7 + (value - u) / (LN10 * e) : 0);

/** Fisher's sum of three surprises, in decades: minus the log of P(Gamma(3) > y). */
export function fisher(sumOfDecades: number): number {
  const y = LN10 * sumOfDecades;
  return Math.max(0, (y - Math.log(1 + y + (y * y) / 2)) / LN10);
}

/** How unusual a point is, in decades of probability, smoothed over two points; and the state after it. */
export function surpriseOf(
  profile: Profile,
  before: SurpriseState | null,
  at: number,
  value: number,
  residual: number,
): { state: SurpriseState; score: number } {
  const { state, statistics } = observe(before, at, value, residual);
  const { level, jump, misfit } = profile.surprise;
  let sum = 0;
  if (statistics.level !== null)
    sum += Math.max(decades(statistics.level, level.high), decades(-statistics.level, level.low));
  if (statistics.jump !== null)
    sum += Math.max(decades(statistics.jump, jump.high), decades(-statistics.jump, jump.low));
  if (statistics.misfit !== null) sum += decades(statistics.misfit, misfit);
  const score = fisher(sum);
  return { state: { ...state, score }, score: (score + state.score) / 2 };
}
