import { HOUR, MINUTE } from '../core/clock.ts';
import { demandOf, demandOfReady } from '../domain/demand.ts';
import { expectationAt, isGuess, knowsDayOf, type HpaProfile } from '../domain/profile.ts';
import type { Sample } from '../domain/sample.ts';
import { isReturn, rememberedOrigin } from './load-origin.ts';
import { NO_JUMP, type LoadMemory } from './memory.ts';

/**
 * Has the work that arrives jumped away from what it usually is?
 *
 * Metric: demand = pressure x replicas, as a logarithm. The controller answers a change of load by moving replicas, so pressure and CPU come
 * back and replicas go; for minutes all three look odd after the smallest blip. Demand does not depend on what the controller did: it
 * is odd as long as the load is. What changes slowly (a weekend, a holiday, growth) is followed by `drift` and is no jump.
 */

/** A jump is at least a third up or a quarter down ... */
const LEAST_JUMP = 0.27;
/** ... and this many half-widths of the load's own band. */
const JUMP_WIDTHS = 1.2;
/** On the first weekend, or the first working day, the profile is only a guess. */
const UNKNOWN_DAY = 1.3;
/** Nearer than this share of the limit to the profile itself is no departure, whatever was there before. */
const HOME_SHARE = 0.5;
/** Once away, it is back below this share of the limit. */
const HOLD_SHARE = 0.6;
/** A jump starts with the load itself moving this share of the limit, against its last quarter of an hour. When only the profile moves,
 * because it remembers yesterday's incident, nothing has happened. */
const ONSET_SHARE = 0.5;
const RECENT_MEMORY_MS = 15 * MINUTE;
const DRIFT_MEMORY_MS = 30 * MINUTE;
/** While away the drift hardly follows, or an outage would be usual after an hour. */
const DRIFT_MEMORY_AWAY_MS = 8 * HOUR;
/** One sample moves the drift at most as if it were this far away. */
const DRIFT_CLIP = 0.3;
/** Where the profile is a guess, two hours of another load are the better judge. */
const GUESS_MS = 2 * HOUR;
/** After so long without values nothing is known of the drift. */
const FORGET_MS = 6 * HOUR;

/** Distance from [least, most] on a side, 0 inside. */
const outside = (value: number, least: number, most: number): number =>
  value > most ? value - most : Math.min(0, value - least);

export function followLoad(before: LoadMemory, sample: Sample, profile: HpaProfile, elapsedMs: number): LoadMemory {
  const usual = profile.demand === undefined ? null : expectationAt(profile.demand, sample.ts);
  const candidates = [demandOf(sample), demandOfReady(sample)].filter((value) => value !== null);
  if (usual === null || candidates.length === 0) return { ...before, residual: null, jump: null };
  const drift = elapsedMs > FORGET_MS ? 0 : (before.drift ?? 0);
  const residuals = candidates.map((value) => outside(value - drift, usual.least, usual.most));
  // Metrics that are divided by all replicas and by ready ones differ while pods start: the calmer one is right.
  const jump = residuals.reduce((least, value) => (Math.abs(value) < Math.abs(least) ? value : least));
  const isKnownDay = profile.demand !== undefined && knowsDayOf(profile.demand, sample.ts);
  const isGuessed = isGuess(profile.demand, sample.ts);
  const limit = (isKnownDay ? 1 : UNKNOWN_DAY) * Math.max(LEAST_JUMP, JUMP_WIDTHS * (jump > 0 ? usual.up : usual.down));
  const side = jump > 0 ? 1 : -1;
  const value = candidates[residuals.indexOf(jump)] ?? 0;
  const isKnown = before.recent !== null && elapsedMs <= FORGET_MS;
  const moved = side * (value - (isKnown ? (before.recent ?? value) : value - side * limit));
  const recentWeight = isKnown ? Math.min(1, elapsedMs / RECENT_MEMORY_MS) : 1;
  const recent = value + (1 - recentWeight) * ((before.recent ?? value) - value);
  const goesOn = before.since !== null && before.side === side;
  const now = {
    at: sample.ts,
    value,
    limit,
    jumpFrom: (from: number) => outside(value - from, usual.least, usual.most),
  };
  const origin = rememberedOrigin(before.origin, now);
  const plain = outside(value, usual.least, usual.most);
  // Back where the profile has it, after something that the drift had begun to follow, is not away.
  const isHome = isKnownDay && side * plain < HOME_SHARE * limit;
  const isAway =
    isHome || isReturn(origin, side, now)
      ? false
      : goesOn
        ? Math.abs(jump) >= HOLD_SHARE * limit
        : Math.abs(jump) >= limit && moved >= ONSET_SHARE * limit;
  const residual = jump + drift;
  if (isAway && isGuessed && before.since !== null && goesOn && sample.ts - before.since > GUESS_MS)
    return { ...NO_JUMP, drift: residual, origin, recent, residual, jump: 0, limit };
  const memoryMs = isAway ? DRIFT_MEMORY_AWAY_MS : DRIFT_MEMORY_MS;
  const weight = Math.min(1, Math.min(elapsedMs, 5 * MINUTE) / memoryMs);
  const next = drift + weight * Math.max(-DRIFT_CLIP, Math.min(DRIFT_CLIP, jump));
  if (!isAway) return { ...NO_JUMP, drift: next, origin, recent, residual, jump, limit };
  const count = goesOn ? before.count + 1 : 1;
  const mean = goesOn ? before.mean + (jump - before.mean) / count : jump;
  const here = { side, drift, level: before.recent ?? value, at: sample.ts } as const;
  return {
    drift: next,
    origin: goesOn && origin !== undefined ? { ...origin, at: sample.ts } : here,
    ...{ recent, residual, jump, limit, side, mean, count },
    since: goesOn ? before.since : sample.ts,
  };
}
