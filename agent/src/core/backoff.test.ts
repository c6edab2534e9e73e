import { expect, test } from '@jest/globals';
import { backoffMs, withJitter } from './backoff.ts';

test.each([
  [0, 1_000],
  [1, 2_000],
  [3, 8_000],
  [6, 45_000],
  [20, 45_000],
  [5_000, 45_000],
])('retry %i waits %i ms', (attempt, ms) => {
  expect(backoffMs(attempt)).toBe(ms);
});

test.each([
  [8_000, 0, 4_000],
  [8_000, 0.5, 6_000],
  [8_000, 0.999999, 8_000],
])('a delay of %i ms with random %d becomes %i ms', (delay, random, ms) => {
  expect(withJitter(delay, random)).toBe(ms);
});
