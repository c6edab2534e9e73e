import { expect, test } from '@jest/globals';
import { formatDuration, parseDuration } from './duration.ts';

test.each([
  ['72h', 259_200_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['30d', 2_592_000_000],
])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(['', '5', 'm', '-5m', '5 m', '1.5h', '5m ', '5x'])('%j is no duration', (text) =>
  expect(parseDuration(text)).toBeNull(),
);

test.each([
  [0, '0s'],
  [999, '0s'],
  [25_000, '25s'],
  [60_000, '60s'],
  [90_000, '90s'],
  [120_000, '2m'],
  [9_300_000, '2h35m'],
  [7_205_000, '2h'],
  [273_600_000, '3d4h'],
  [-5, '0s'],
])('%i ms reads %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
