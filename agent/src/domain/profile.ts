import { DAY, MINUTE } from '../core/clock.ts';
import type { Band, ProfiledMetric } from './anomaly.ts';
import { dayOf, isWeekend, wallClockMs, weekdayOf } from './local-time.ts';

/**
 * What is profiled: the four metrics people see, and `demand`, the work that arrives: ln(replicas-worth), i.e. the logarithm of pressure x
 * replicas. The controller moves replicas and pressure against each other, but demand only moves when the load does.
 */
export type ProfileMetric = ProfiledMetric | 'demand';

/**
 * Where the expected value comes from: one level, the time of day, the time of day of working days and of weekends, the time of the
 * week.
 */
export type SeasonalModel = 'level' | 'daily' | 'day_type' | 'weekly';

/** The far end of a distribution: `u` is its 98 % quantile, `e` the mean excess beyond it. Both in the unit of the value. */
export type Tail = { u: number; e: number };
export type Tails = { high: Tail; low: Tail };

/** What is usual for one metric of an HPA. Plain data: kept as JSON. */
export type Profile = {
  metric: ProfileMetric;
  timezone: string;
  /** First and last point it was made of, epoch ms. */
  from: number;
  to: number;
  points: number;
  model: SeasonalModel;
  /** Median of everything: the expected value of model `level`. */
  level: number;
  /** Medians by quarter of an hour: 96 (daily), working day and weekend (192), Sunday to Saturday (672), none (level). */
  slots: readonly number[];
  /**
   * Medians of all days alike (96), where days of one sort are fewer than three: a median of two has nobody to outvote yesterday's incident, so
   * what either model expects is usual. null: not needed.
   */
  doubt: readonly number[] | null;
  /** Days of history of each sort that are at least half there. */
  days: { working: number; weekend: number };
  /** The smallest change that matters; no band is narrower on either side. */
  floor: number;
  /** Of single values against the expected ones: the band. */
  spread: Tails;
  /** Of the three statistics, see surprise.ts. `misfit` has only an upper side. */
  surprise: { level: Tails; jump: Tails; misfit: Tail };
};

export type HpaProfile = Partial<Record<ProfileMetric, Profile>>;

export const SLOT_MS = 15 * MINUTE;
export const SLOTS_A_DAY = DAY / SLOT_MS;
/** What happens at a time of day may happen this much earlier or later. */
const PUNCTUALITY_MS = 20 * MINUTE;
/** Share of values beyond each side of a band. */
const BAND_TAIL = 0.005;

/** Index of the slot that holds a wall clock. */
export function slotOf(model: SeasonalModel, wallMs: number): number {
  const slot = Math.floor((wallMs - dayOf(wallMs) * DAY) / SLOT_MS);
  if (model === 'day_type') return slot + (isWeekend(wallMs) ? SLOTS_A_DAY : 0);
  if (model === 'weekly') return slot + weekdayOf(wallMs) * SLOTS_A_DAY;
  return slot;
}

/** Medians stand for the middle of their slots; straight lines in between. */
function atWallClock({ model, level, slots }: Profile, wallMs: number): number {
  if (model === 'level') return level;
  const before = wallMs - SLOT_MS / 2;
  const share = before / SLOT_MS - Math.floor(before / SLOT_MS);
  const left = slots[slotOf(model, before)] ?? level;
  const right = slots[slotOf(model, before + SLOT_MS)] ?? level;
  return left + (right - left) * share;
}

export const expectedAt = (profile: Profile, at: number): number =>
  atWallClock(profile, wallClockMs(at, profile.timezone));

/** Whether days like the one of this instant (working day, weekend) are in the history. */
export const knowsDayOf = (profile: Profile, at: number): boolean => daysLike(profile, at) > 0;

/** Whether what is expected at this instant is but a guess: at most one day of its sort (working day, weekend) is in the history. */
export const isGuess = (profile: Profile | undefined, at: number): boolean =>
  profile !== undefined && daysLike(profile, at) < 2;

const daysLike = ({ days, timezone }: Profile, at: number): number =>
  isWeekend(wallClockMs(at, timezone)) ? days.weekend : days.working;

/** The value beyond which a share `p` lies, as distance from the expected value. */
const reach = ({ u, e }: Tail, p: number): number => u + e * Math.log(0.02 / p);

/** The expected value with its neighbourhood in time, and the distances to both edges of the band. */
export type Expectation = { expected: number; least: number; most: number; down: number; up: number };

/** Days like this one that make a median of their own worth trusting. */
export const TRUSTED_DAYS = 3;

function allDaysAt({ doubt, days, level }: Profile, wallMs: number): number | null {
  if (doubt === null || (isWeekend(wallMs) ? days.weekend : days.working) >= TRUSTED_DAYS) return null;
  return doubt[slotOf('daily', wallMs)] ?? level;
}

export function expectationAt(profile: Profile, at: number): Expectation {
  const wallMs = wallClockMs(at, profile.timezone);
  const expected = atWallClock(profile, wallMs);
  let least = expected;
  let most = expected;
  if (profile.model !== 'level') {
    for (const shift of [-PUNCTUALITY_MS, -PUNCTUALITY_MS / 2, 0, PUNCTUALITY_MS / 2, PUNCTUALITY_MS]) {
      const value = shift === 0 ? expected : atWallClock(profile, wallMs + shift);
      const other = allDaysAt(profile, wallMs + shift) ?? value;
      least = Math.min(least, value, other);
      most = Math.max(most, value, other);
    }
  }
  return {
    expected,
    least,
    most,
    down: Math.max(profile.floor, reach(profile.spread.low, BAND_TAIL)),
    up: Math.max(profile.floor, reach(profile.spread.high, BAND_TAIL)),
  };
}

/** Signed distance from what is expected, in half-widths of the band: beyond 1 is outside. */
export function departure({ least, most, down, up }: Expectation, value: number): number {
  if (value > most) return (value - most) / up;
  return value < least ? (value - least) / down : 0;
}

/** The edge of the band has half a percent beyond it, which is 2.3 decades; the excess is about exponential. */
export const decadesOf = (distance: number): number => 2.3 * Math.abs(distance);

export const bandOf = ({ expected, least, most, down, up }: Expectation): Band => ({
  expected: Math.max(0, expected),
  lower: Math.max(0, least - down),
  upper: Math.max(0, most + up),
});

/** What is usual at any instant, past or future, for display: clipped at 0. Not for `demand`, which is a logarithm. */
export const bandAt = (profile: Profile, at: number): Band => bandOf(expectationAt(profile, at));
