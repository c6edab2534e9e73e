const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [1, 2, 5, 10, 15, 30]
  .map((n) => n * MINUTE)
  .concat(
    [1, 2, 3, 6, 12].map((n) => n * HOUR),
    [1, 2, 7, 14].map((n) => n * DAY),
  );

export type Tick = { at: number; leftPercent: number };
export type Ticks = { stepMs: number; ticks: Tick[] };

/**
 * At most `most` marks at round times of a time zone that is `offsetMs` ahead of UTC, so that a day begins at its midnight.
 */
export function ticksOf(from: number, to: number, most: number, offsetMs: number): Ticks {
  const length = Math.max(1, to - from);
  const stepMs = STEPS.find((step) => length / step <= most) ?? Math.ceil(length / most / DAY) * DAY;
  const first = Math.ceil((from + offsetMs) / stepMs) * stepMs - offsetMs;
  const count = Math.max(0, Math.floor((to - first) / stepMs) + 1);
  const ticks = Array.from({ length: count }, (_, index) => first + index * stepMs);
  return { stepMs, ticks: ticks.map((at) => ({ at, leftPercent: ((at - from) / length) * 100 })) };
}
