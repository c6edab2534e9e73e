import { expect, test } from '@jest/globals';
import { MINUTE, NOON } from './anomaly.fixture';
import { ticksOf } from './ticks';

const HOUR = 60 * MINUTE;
const shown = (from: number, to: number, most = 8, offset = 0) =>
  ticksOf(from, to, most, offset).ticks.map(({ at }) => new Date(at + offset).toISOString().slice(8, 16));

test.each([
  ['an hour', NOON - HOUR, NOON, ['05T11:00', '05T11:10', '05T11:20', '05T11:30', '05T11:40', '05T11:50', '05T12:00']],
  [
    'an odd hour',
    NOON - HOUR + 3 * MINUTE,
    NOON + 3 * MINUTE,
    ['05T11:10', '05T11:20', '05T11:30', '05T11:40', '05T11:50', '05T12:00'],
  ],
  [
    'a day',
    NOON - 24 * HOUR,
    NOON,
    ['04T12:00', '04T15:00', '04T18:00', '04T21:00', '05T00:00', '05T03:00', '05T06:00', '05T09:00', '05T12:00'].slice(
      0,
      9,
    ),
  ],
])('%s has round times', (_, from, to, times) => {
  expect(shown(from, to, 9)).toEqual(times);
});

test('days begin at midnight of the time zone', () => {
  expect(shown(NOON - 72 * HOUR, NOON, 4, -3 * HOUR)).toEqual(['03T00:00', '04T00:00', '05T00:00']);
});

test('a year has no more marks than asked for', () => {
  expect(ticksOf(NOON - 365 * 24 * HOUR, NOON, 8, 0).ticks.length).toBeLessThanOrEqual(9);
});

test('marks stand at their place', () => {
  expect(ticksOf(NOON - HOUR, NOON, 3, 0).ticks.map(({ leftPercent }) => leftPercent)).toEqual([0, 50, 100]);
});
