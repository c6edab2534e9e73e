import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { seriesRequest } from './series-request.ts';
import { MAX_POINTS } from './time-range.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const ago = (ms: number) => new Date(NOW - ms).toISOString();

test.each([
  ['3 h', {}, 3 * HOUR, MINUTE],
  ['a day', { from: ago(DAY) }, DAY, MINUTE],
  ['3 days', { from: ago(3 * DAY) }, 3 * DAY, 5 * MINUTE],
  ['30 days', { from: ago(30 * DAY) }, 30 * DAY, 30 * MINUTE],
  ['3 days at 1 m', { from: ago(3 * DAY), step: '1m' }, 3 * DAY, MINUTE],
  ['an hour at 1h30m', { from: ago(HOUR), step: '1h30m' }, HOUR, 90 * MINUTE],
])('%s', (_what, query, spanMs, stepMs) => {
  const request = seriesRequest(query, NOW);
  expect(request).toMatchObject({ from: NOW - spanMs, to: NOW, stepMs });
  expect(request.metrics).toHaveLength(13);
});

test('metrics are taken in the order asked, each once', () => {
  const { metrics } = seriesRequest({ metrics: 'pressure, cpu_current,pressure' }, NOW);
  expect(metrics).toEqual(['pressure', 'cpu_current']);
});

test('times in another zone mean the same instant', () => {
  const { from } = seriesRequest({ from: '2026-01-05T12:00:00+02:00' }, NOW);
  expect(from).toBe(NOW - 2 * HOUR);
});

test('any range without a step gives a chart, never more than the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_650 * DAY }), (spanMs) => {
      const { from, to, stepMs } = seriesRequest({ from: ago(spanMs) }, NOW);
      expect((to - from) / stepMs).toBeLessThanOrEqual(MAX_POINTS);
    }),
  );
});
