import { DAY } from '../core/clock.ts';
import { parseDuration } from '../core/duration.ts';

/** What `parseInstant` reads, for messages. */
export const INSTANT_ALLOWED =
  'an ISO 8601 time (2026-03-01, 2026-03-01T14:05, 2026-03-01T14:05:00+01:00; UTC where no offset stands), epoch seconds or milliseconds';

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:[.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;
const EPOCH = /^\d{9,13}(?:\.\d+)?$/;
/** Seconds reach this in the year 5138, milliseconds did in 1973. */
const LEAST_MILLISECONDS = 100_000_000_000;

/** Epoch ms; null for anything else than INSTANT_ALLOWED. Without an offset it is UTC, whatever this machine's zone is. */
export function parseInstant(text: string): number | null {
  if (EPOCH.test(text)) {
    const value = Number(text);
    return Math.round(value < LEAST_MILLISECONDS ? value * 1_000 : value);
  }
  const [, year, month, day, clock = '00:00', seconds = ':00', offset = 'Z'] = ISO.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  // Date.parse takes the 31st of February for the 3rd of March.
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (new Date(midnight).toISOString().slice(0, 10) !== `${year}-${month}-${day}`) return null;
  const at = Date.parse(`${year}-${month}-${day}T${clock}${seconds.replace(',', '.')}${offset.toUpperCase()}`);
  return Number.isNaN(at) ? null : at;
}

export const WHEN_ALLOWED = `${INSTANT_ALLOWED}, "now", or how long ago ("3d ago", "90m ago")`;
const LONGEST_AGO_MS = 3_650 * DAY;

/** An instant, or one told from `now` backwards; null for anything else than WHEN_ALLOWED. Epoch ms. */
export function parseWhen(text: string, now: number): number | null {
  const trimmed = text.trim();
  if (trimmed === 'now') return now;
  const agoMs = parseDuration(trimmed.endsWith('ago') ? trimmed.slice(0, -3).trimEnd() : trimmed);
  if (agoMs === null) return parseInstant(trimmed);
  return agoMs <= LONGEST_AGO_MS ? now - agoMs : null;
}
