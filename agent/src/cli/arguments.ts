import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../core/duration.ts';
import { parseWhen, WHEN_ALLOWED } from './when.ts';

/** What is written on a command line, as values. Each throws InvalidArgumentError, which says what is allowed. */

export const port = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('allowed: a port from 0 (any free one) to 65535');
};
export const whole = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('allowed: a whole number from 0 to 999999999');
};
/** `now`: what "ago" counts from, epoch ms. */
export const instant =
  (now: number) =>
  (given: string): number => {
    const at = parseWhen(given, now);
    if (at !== null) return at;
    throw new InvalidArgumentError(`allowed: ${WHEN_ALLOWED}`);
  };
export const durationWithin = (leastMs: number, mostMs: number, unitMs: number, allowed: string) => (given: string) => {
  const ms = parseDuration(given);
  if (ms !== null && ms >= leastMs && ms <= mostMs && ms % unitMs === 0) return ms;
  throw new InvalidArgumentError(`allowed: ${allowed}`);
};
export const timezone = (given: string): string => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: given });
    return given;
  } catch {
    throw new InvalidArgumentError('allowed: an IANA time zone, such as Europe/Berlin or UTC');
  }
};
export const address = (given: string): string => {
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given;
  throw new InvalidArgumentError('allowed: an http or https address, such as http://127.0.0.1:9090');
};
export const named = (isName: (name: string) => boolean, allowed: string) => (given: string) => {
  if (isName(given)) return given;
  throw new InvalidArgumentError(`allowed: ${allowed}`);
};
