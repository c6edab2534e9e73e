import { MUTE_FOR_RULE, MUTE_UNTIL_RULE, type MuteRequest } from '../contract/mute.ts';
import { DAY, MINUTE } from '../core/clock.ts';
import { parseDuration } from '../core/duration.ts';
import { invalid } from './input.ts';

/** Nobody means to hear nothing of an HPA for longer. */
const LONGEST_MS = 30 * DAY;

/** Until when, epoch ms. @throws AgentError `request/invalid` */
export function muteUntil(request: MuteRequest, now: number): number {
  if ('for' in request) {
    const ms = parseDuration(request.for);
    if (ms === null || ms < MINUTE || ms > LONGEST_MS) throw refused('for', request.for, MUTE_FOR_RULE);
    return now + ms;
  }
  const until = Date.parse(request.until);
  if (until <= now || until > now + LONGEST_MS) throw refused('until', request.until, MUTE_UNTIL_RULE);
  return until;
}

const refused = (field: string, value: string, allowed: string) =>
  invalid(`${field} is ${JSON.stringify(value)}; allowed: ${allowed}`, { field, value, allowed });
