import { expect, test } from '@jest/globals';
import { durationMs } from './duration';

test.each([
  ['0s', 0],
  ['25s', 25_000],
  ['2h35m', 9_300_000],
  ['3d4h', 273_600_000],
  ['', null],
  ['soon', null],
  ['25 s', null],
])('%p is %p ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});
