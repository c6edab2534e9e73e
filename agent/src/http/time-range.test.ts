import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { MAX_POINTS, timeRange } from './time-range.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const ago = (ms: number) => new Date(NOW - ms).toISOString();

test.each([
  ['nothing: the last 3 h', {}, 3 * HOUR, MINUTE],
  ['a day', { from: ago(DAY) }, DAY, MINUTE],
  ['30 days', { from: ago(30 * DAY) }, 30 * DAY, 30 * MINUTE],
  ['all that is allowed', { from: ago(MAX_POINTS * DAY) }, MAX_POINTS * DAY, DAY],
])('%s', (_what, query, spanMs, stepMs) => {
  expect(timeRange(query, NOW)).toEqual({ from: NOW - spanMs, to: NOW, stepMs });
});

test('whatever is asked gives at most as many steps as are allowed, or is refused by name', () => {
  const steps = [undefined, '1m', '7m', '1h', '1d'];
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40_000 * DAY }), fc.constantFrom(...steps), (spanMs, step) => {
      try {
        const { from, to, stepMs } = timeRange({ from: ago(spanMs), step }, NOW);
        expect((to - from) / stepMs).toBeLessThanOrEqual(MAX_POINTS);
      } catch (error) {
        expect(error).toMatchObject({
          code: 'request/invalid',
          details: { field: expect.stringMatching(/^(from|step)$/) },
        });
      }
    }),
  );
});
