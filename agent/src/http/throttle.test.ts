import { expect, test } from '@jest/globals';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { createThrottle } from './throttle.ts';

const HERE = '127.0.0.1';
const times = (count: number, act: (index: number) => unknown) =>
  Array.from({ length: count }, (_, index) => act(index));

const started = () => {
  const clock = new FakeClock();
  const limits = { failures: 5, failureEveryMs: 1_000, guesses: 3, guessEveryMs: 6_000, addresses: 4 };
  return { clock, throttle: createThrottle(clock, limits) };
};

test('failures are answered as such until they are used up, and come back with time', async () => {
  const { clock, throttle } = started();
  expect(times(7, () => throttle.failed(HERE, null))).toEqual([0, 0, 0, 0, 0, 1_000, 1_000]);
  await clock.advance(400);
  expect(throttle.failed(HERE, null)).toBe(600);
  await clock.advance(600);
  expect(throttle.failed(HERE, null)).toBe(0);
  await clock.advance(60_000);
  expect(times(6, () => throttle.failed(HERE, null))).toEqual([0, 0, 0, 0, 0, 1_000]);
});

test('when different guesses are used up no new token is looked at, the right one neither', async () => {
  const { clock, throttle } = started();
  times(3, (index) => {
    expect(throttle.waitToTry(HERE, `guess-${index}`)).toBe(0);
    throttle.failed(HERE, `guess-${index}`);
  });
  expect(throttle.waitToTry(HERE, 'right')).toBe(6_000);
  await clock.advance(6_000);
  expect(throttle.waitToTry(HERE, 'right')).toBe(0);
});

test('who was let in from an address stays so, whatever else comes from there', () => {
  const { throttle } = started();
  throttle.succeeded(HERE, 'right');
  times(50, (index) => throttle.failed(HERE, `guess-${index}`));
  expect(throttle.waitToTry(HERE, 'right')).toBe(0);
  expect(throttle.waitToTry(HERE, 'other')).toBeGreaterThan(0);
});

test('the same wrong token a hundred times is one guess, and the right one is let in right after', () => {
  const { throttle } = started();
  times(100, () => throttle.failed(HERE, 'of last year'));
  expect(throttle.waitToTry(HERE, 'right')).toBe(0);
});

test('a token that was wrong before is looked at again: it may have become known', () => {
  const { throttle } = started();
  times(10, (index) => throttle.failed(HERE, `guess-${index}`));
  expect(throttle.waitToTry(HERE, 'guess-9')).toBe(0);
});

test('other addresses do not suffer', () => {
  const { throttle } = started();
  times(50, (index) => throttle.failed('10.0.0.1', `guess-${index}`));
  expect(throttle.waitToTry('10.0.0.2', 'guess')).toBe(0);
  expect(throttle.failed('10.0.0.2', 'guess')).toBe(0);
});

test('a number of addresses is remembered, the one silent for longest is forgotten', () => {
  const { throttle } = started();
  throttle.succeeded(HERE, 'right');
  times(1_000, (index) => {
    throttle.failed(`10.0.${index >> 8}.${index & 255}`, 'guess');
    throttle.succeeded(HERE, 'right');
  });
  expect(throttle.size).toBe(4);
  times(9, (index) => throttle.failed(HERE, `guess-${index}`));
  expect(throttle.waitToTry(HERE, 'right')).toBe(0);
});

test('a clock that is set back locks nobody out for longer', async () => {
  const { clock, throttle } = started();
  times(6, () => throttle.failed(HERE, null));
  clock.jump(-3_600_000);
  expect(throttle.failed(HERE, null)).toBe(1_000);
  await clock.advance(1_000);
  expect(throttle.failed(HERE, null)).toBe(0);
});
