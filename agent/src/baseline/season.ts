import { dayOf, isWeekend, wallClockMs, weekdayOf } from '../domain/local-time.ts';
import { slotOf, SLOT_MS, SLOTS_A_DAY, type SeasonalModel } from '../domain/profile.ts';

export type Point = { ts: number; value: number };
/** A point with its place in day and week, in local time. */
export type PlacedPoint = Point & { wallMs: number; day: number; slot: number };

/** Slots before and after that count for a time of day: with 15 minutes a slot this is about half an hour each way. */
const NEIGHBOURS = 2;
/** How many days back a median reaches. */
const DAYS = { daily: 14, day_type: 14, weekly: 28 } as const;

export const placed = (points: readonly Point[], timezone: string): PlacedPoint[] =>
  points.map(({ ts, value }) => {
    const wallMs = wallClockMs(ts, timezone);
    return { ts, value, wallMs, day: dayOf(wallMs), slot: slotOf('daily', wallMs) };
  });

type Entry = { value: number; day: number };
type Cyclic = Exclude<SeasonalModel, 'level'>;

/** Which days a model puts together. */
const groupOf = (model: Cyclic, wallMs: number): number => {
  if (model === 'day_type') return isWeekend(wallMs) ? 1 : 0;
  return model === 'weekly' ? weekdayOf(wallMs) : 0;
};
const GROUPS = { daily: 1, day_type: 2, weekly: 7 } as const;

/** Median of sorted entries, those of one day left out; null when nothing is left. */
function medianWithout(sorted: readonly Entry[], day: number | null): number | null {
  let left = sorted.length;
  if (day !== null) for (const entry of sorted) if (entry.day === day) left--;
  if (left === 0) return null;
  const middle = (left - 1) / 2;
  let seen = -1;
  let low: number | null = null;
  for (const entry of sorted) {
    if (entry.day === day) continue;
    seen++;
    if (seen === Math.floor(middle)) low = entry.value;
    if (seen === Math.ceil(middle)) return ((low ?? entry.value) + entry.value) / 2;
  }
  return null;
}

/**
 * Medians of the same time of day over the days a model puts together, and the same with one day left out: a residual must not be made
 * with a median that knows its own day, or bands come out too narrow.
 */
export class Season {
  readonly model: Cyclic;
  readonly #sorted: Entry[][];
  /** By slot and day counted from the first: NaN where not computed yet, Infinity where no other day has anything. */
  readonly #without: Float64Array;
  readonly #firstDay: number;
  readonly #days: number;

  constructor(model: Cyclic, points: readonly PlacedPoint[]) {
    this.model = model;
    const last = points.at(-1)?.day ?? 0;
    this.#firstDay = points[0]?.day ?? 0;
    this.#days = last - this.#firstDay + 1;
    this.#without = new Float64Array(GROUPS[model] * SLOTS_A_DAY * this.#days).fill(NaN);
    this.#sorted = Array.from({ length: GROUPS[model] * SLOTS_A_DAY }, () => []);
    for (const { value, day, slot, wallMs } of points) {
      if (day <= last - DAYS[model]) continue;
      const first = groupOf(model, wallMs) * SLOTS_A_DAY;
      for (let shift = -NEIGHBOURS; shift <= NEIGHBOURS; shift++) {
        const at = (slot + shift + SLOTS_A_DAY) % SLOTS_A_DAY;
        this.#sorted[first + at]?.push({ value, day });
      }
    }
    for (const entries of this.#sorted) entries.sort((a, b) => a.value - b.value);
  }

  /** Median per slot; null where the history has nothing there. */
  medians(): (number | null)[] {
    return this.#sorted.map((entries) => medianWithout(entries, null));
  }

  /** What the other days say of this point's time of day, in straight lines between slots; null where there is no other day. */
  fromOtherDays(point: PlacedPoint): number | null {
    const before = point.wallMs - SLOT_MS / 2;
    const share = before / SLOT_MS - Math.floor(before / SLOT_MS);
    const left = this.#other(before, point);
    const right = this.#other(before + SLOT_MS, point);
    return left === null || right === null ? null : left + (right - left) * share;
  }

  /** The span of what the other days have within about 20 minutes of this point's time of day. */
  spanOfOtherDays(point: PlacedPoint): { least: number; most: number } | null {
    let [least, most] = [Infinity, -Infinity];
    for (const shift of [-SLOT_MS, 0, SLOT_MS]) {
      const value = this.fromOtherDays({ ...point, wallMs: point.wallMs + shift });
      if (value === null) return null;
      [least, most] = [Math.min(least, value), Math.max(most, value)];
    }
    return { least, most };
  }

  #other(wallMs: number, { day }: PlacedPoint): number | null {
    const slot = slotOf(this.model, wallMs);
    const key = slot * this.#days + day - this.#firstDay;
    const known = this.#without[key] ?? NaN;
    if (!Number.isNaN(known)) return known === Infinity ? null : known;
    const median = medianWithout(this.#sorted[slot] ?? [], day);
    this.#without[key] = median ?? Infinity;
    return median;
  }
}
