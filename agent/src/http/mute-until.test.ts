import { expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { muteUntil } from './mute-until.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const at = (ms: number) => ({ until: new Date(NOW + ms).toISOString() });

test.each([
  [{ for: '2h' }, 2 * HOUR],
  [{ for: '1m' }, MINUTE],
  [{ for: '30d' }, 30 * DAY],
  [{ for: '1h30m' }, 90 * MINUTE],
  [at(1), 1],
  [at(30 * DAY), 30 * DAY],
  [{ until: '2026-01-05T15:00:00+02:00' }, HOUR],
])('%j mutes for %i ms', (request, ms) => {
  expect(muteUntil(request, NOW)).toBe(NOW + ms);
});

test.each([
  [{ for: '59s' }, 'for'],
  [{ for: '30d1m' }, 'for'],
  [{ for: 'ever' }, 'for'],
  [at(0), 'until'],
  [at(-MINUTE), 'until'],
  [at(30 * DAY + 1), 'until'],
])('%j is refused at %s', (request, field) => {
  expect(() => muteUntil(request, NOW)).toThrow(
    expect.objectContaining({ code: 'request/invalid', details: expect.objectContaining({ field }) }),
  );
});
