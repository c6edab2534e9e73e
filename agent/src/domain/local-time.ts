import { DAY, HOUR, MINUTE } from '../core/clock.ts';

const QUARTER_MS = 15 * MINUTE;
/** No zone is further from UTC (it is 14 h at most). */
const WIDEST_OFFSET_MS = 15 * HOUR;
/** About half a year of quarter hours a zone; beyond that it begins anew. */
const REMEMBERED = 20_000;

/** Offsets change at whole quarter hours only (they are multiples of 15 min and so are the instants of change). */
const remembered = new Map<string, Map<number, number>>();
const formats = new Map<string, Intl.DateTimeFormat>();

const WALL_CLOCK = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
} as const;

function offsetMs(at: number, timezone: string): number {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, ...WALL_CLOCK });
    formats.set(timezone, format);
  }
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  const wall = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute);
  return wall - at;
}

/**
 * An instant as if its wall clock in `timezone` were UTC: whole days and times of day can be taken from it by division. Epoch ms.
 * @throws RangeError where the zone is not an IANA name
 */
export function wallClockMs(at: number, timezone: string): number {
  if (timezone === 'UTC') return at;
  let zone = remembered.get(timezone);
  if (zone === undefined || zone.size > REMEMBERED) {
    zone = new Map();
    remembered.set(timezone, zone);
  }
  const quarter = Math.floor(at / QUARTER_MS);
  let offset = zone.get(quarter);
  if (offset === undefined) {
    offset = offsetMs(quarter * QUARTER_MS, timezone);
    zone.set(quarter, offset);
  }
  return at + offset;
}

/** Days since 1970-01-01 of a wall clock. */
export const dayOf = (wallMs: number): number => Math.floor(wallMs / DAY);

/**
 * The first instant of a day, told by its number, in `timezone`. Epoch ms. Looked for, not computed: where clocks go forward at midnight
 * the day begins later.
 */
export function startOfDay(day: number, timezone: string): number {
  if (timezone === 'UTC') return day * DAY;
  const before = day * DAY - WIDEST_OFFSET_MS;
  for (let at = before; at <= day * DAY + WIDEST_OFFSET_MS; at += QUARTER_MS)
    if (dayOf(wallClockMs(at, timezone)) === day) return at;
  // A day that a zone skipped as a whole (Samoa, 2011-12-30) begins where the next one does.
  return startOfDay(day + 1, timezone);
}

/** 0 Sunday to 6 Saturday; 1970-01-01 was a Thursday. */
export const weekdayOf = (wallMs: number): number => (((dayOf(wallMs) + 4) % 7) + 7) % 7;

export const isWeekend = (wallMs: number): boolean => {
  const weekday = weekdayOf(wallMs);
  return weekday === 0 || weekday === 6;
};
