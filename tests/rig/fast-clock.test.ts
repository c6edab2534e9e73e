import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { fastClock, paced, plainTime } from './fast-clock.ts';

const BEGIN = Date.UTC(2026, 0, 5);

beforeEach(() => {
  jest.useFakeTimers({ now: BEGIN });
});
afterEach(() => {
  jest.useRealTimers();
});

test('time is the machine’s until it is told to run, and goes on without a jump', () => {
  const clock = fastClock();
  jest.advanceTimersByTime(1_000);
  expect(clock.now()).toBe(BEGIN + 1_000);
  clock.follow({ since: BEGIN + 2_000, start: BEGIN + 2_000, speed: 60, before: 1 });
  jest.advanceTimersByTime(1_000);
  expect(clock.now()).toBe(BEGIN + 2_000);
  jest.advanceTimersByTime(1_000);
  expect(clock.now()).toBe(BEGIN + 2_000 + 60_000);
});

test.each([
  ['set before', true],
  ['set after', false],
])('a timer fires at its instant: %s time runs', (_, isBefore) => {
  const clock = fastClock();
  const fired: number[] = [];
  const run = () => clock.follow({ since: BEGIN, start: BEGIN, speed: 60, before: 1 });
  if (!isBefore) run();
  clock.after(120_000, () => fired.push(clock.now()));
  if (isBefore) run();
  jest.advanceTimersByTime(1_999);
  expect(fired).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(fired).toEqual([BEGIN + 120_000]);
  jest.advanceTimersByTime(120_000);
  expect(fired).toHaveLength(1);
});

test('a timer that was cancelled does not fire, whenever time began to run', () => {
  const clock = fastClock();
  let fired = 0;
  const cancel = clock.after(10_000, () => fired++);
  clock.follow({ since: BEGIN, start: BEGIN, speed: 60, before: 1 });
  cancel();
  jest.advanceTimersByTime(60_000);
  expect(fired).toBe(0);
});

test('told to slow down it goes on from where it is', () => {
  const clock = fastClock();
  const fast = { since: BEGIN, start: BEGIN, speed: 60, before: 1 };
  clock.follow(fast);
  jest.advanceTimersByTime(1_000);
  clock.follow(paced(fast, 30));
  expect(clock.now()).toBe(BEGIN + 60_000);
  jest.advanceTimersByTime(500);
  expect(clock.now()).toBe(BEGIN + 90_000);
  jest.advanceTimersByTime(1_000);
  expect(clock.now()).toBe(BEGIN + 120_000);
  expect(paced(plainTime(), 60).start).toBe(Date.now() + 500);
});
