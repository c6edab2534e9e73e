import { HOUR } from '../core/clock.ts';

/**
 * Where the load went away from. Coming back there is no jump, though by then the drift, or a profile that is but a guess (a first weekend),
 * would have it elsewhere: else every incident that lasts is told twice, and the second time nothing is wrong.
 */
export type LoadOrigin = {
  /** To which side it went. */
  side: -1 | 1;
  /** Drift and load before it went. */
  drift: number;
  level: number;
  /** When it was last seen to be away from here. */
  at: number;
};

/** So long after it was away last, where it had been says something. */
const ORIGIN_MEMORY_MS = HOUR;
/** Within this share of what counts as a jump it is there again, by drift and profile ... */
const BACK_SHARE = 0.6;
/** ... or by the bare load. */
const LEVEL_SHARE = 0.5;

/** The load now: its distance from the profile less a given drift, and what counts as a jump. */
export type LoadNow = { at: number; value: number; limit: number; jumpFrom: (drift: number) => number };

/** The origin as it is known now: as long as the load stays away from it, and some time more. */
export function rememberedOrigin(before: LoadOrigin | undefined, now: LoadNow): LoadOrigin | undefined {
  if (before === undefined || now.at - before.at > ORIGIN_MEMORY_MS) return undefined;
  return before.side * now.jumpFrom(before.drift) >= BACK_SHARE * now.limit ? { ...before, at: now.at } : before;
}

/** Whether a jump to `side` only takes the load back to where it was. */
export function isReturn(origin: LoadOrigin | undefined, side: -1 | 1, now: LoadNow): boolean {
  if (origin === undefined || origin.side === side) return false;
  return (
    side * (now.value - origin.level) < LEVEL_SHARE * now.limit ||
    side * now.jumpFrom(origin.drift) < BACK_SHARE * now.limit
  );
}
