import { parseInstant, parseWhen } from '../../../agent/src/cli/when.ts';
import { tokensIn } from '../../../agent/src/config/token.ts';
import { parseDuration } from '../../../agent/src/core/duration.ts';
import { choicesOf, fits, isChosen } from '../../../agent/src/http/grafana/choices.ts';
import { payloadOf } from '../../../agent/src/http/grafana/payload.ts';
import { variableCall } from '../../../agent/src/http/grafana/variable-call.ts';
import { createHostCheck, hostnameOf } from '../../../agent/src/http/hosts.ts';
import { isHeld } from '../../../agent/src/http/etag.ts';
import { readCookies } from '../../../agent/src/http/preview/session.ts';
import { checkOrigin } from '../../../agent/src/http/preview/origin.ts';
import { ianaTimezone } from '../../../agent/src/http/timezone.ts';
import { assertHpaKey } from '../../../agent/src/domain/hpa.ts';
import { decodeCursor } from '../../../agent/src/storage/list-cursor.ts';
import { outcomeOf, type Target } from '../target.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const REFUSED = { codes: ['request/invalid'], detailed: true };
const checkHost = createHostCheck({ listenHost: '127.0.0.1', allowedHosts: ['agent.example'] });

const DECODERS: Record<string, (text: string) => string> = {
  duration: (text) => String(parseDuration(text) === null),
  instant: (text) => finiteOrNull(parseInstant(text)),
  when: (text) => finiteOrNull(parseWhen(text, NOW)),
  choices: (text) =>
    outcomeOf(() => {
      const choices = choicesOf(text, 'payload.hpa');
      return choices?.length === 1 && isChosen(choices, 'api', 'shop/api', 'prod/shop/api');
    }, REFUSED),
  pattern: (text) => String(fits(text, text) || text.includes('*')) + String(fits('a'.repeat(253), text)),
  payload: (text) => outcomeOf(() => payloadOf(text, 'payload'), REFUSED),
  variable: (text) => String(variableCall(text.slice(0, 2_000))?.args.length),
  hostname: (text) => String(hostnameOf(text).length > 0),
  host: (text) => outcomeOf(() => checkHost(text), { codes: ['auth/host-denied'], detailed: true }),
  origin: (text) =>
    outcomeOf(() => checkOrigin({ host: text, origin: text, fetchSite: text }), { codes: ['auth/origin-denied'] }),
  held: (text) => String(isHeld(text, 'W/"a"')),
  cookies: (text) => String(readCookies(text).size > 1),
  timezone: (text) => String(ianaTimezone(text) === null),
  tokens: (text) => outcomeOf(() => tokensIn('tokens', text).length > 1, { codes: ['config/invalid'] }),
  cursor: (text) => outcomeOf(() => decodeCursor(text), REFUSED),
  key: (text) =>
    outcomeOf(() => assertHpaKey({ cluster: text, namespace: text, hpa: text }), {
      codes: ['hpa/invalid-name'],
      detailed: true,
    }),
};

function finiteOrNull(at: number | null): string {
  if (at !== null && !Number.isFinite(at)) throw new Error(`the instant ${at}`);
  return at === null ? 'null' : 'instant';
}

/** The small texts: each decoder gets the whole input. */
export const texts: Target = {
  name: 'texts',
  kind: 'text',
  run: (input) =>
    Object.entries(DECODERS)
      .map(([name, decode]) => {
        try {
          return decode(input);
        } catch (cause) {
          throw new Error(`${name}: ${(cause as Error).message}`, { cause });
        }
      })
      .join(' '),
};
