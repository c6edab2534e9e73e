import { expect, test } from '@jest/globals';
import { NOON } from './anomaly.fixture';
import { isLive, rangeText, timeRangeOf } from './shown-range';

const HOUR = 3_600_000;

test.each([
  ['now-1h', 'now', NOON - HOUR, NOON],
  ['now-7d', 'now-1d', NOON - 7 * 24 * HOUR, NOON - 24 * HOUR],
  [String(NOON - HOUR), String(NOON), NOON - HOUR, NOON],
])('from %s to %s', (from, to, first, last) => {
  const range = timeRangeOf(from, to, NOON);
  expect([range.from.valueOf(), range.to.valueOf()]).toEqual([first, last]);
  expect(rangeText(range)).toEqual({ from, to });
});

test('only what ends with the clock is live', () => {
  expect(['now', 'now-1h', String(NOON)].map(isLive)).toEqual([true, true, false]);
});
