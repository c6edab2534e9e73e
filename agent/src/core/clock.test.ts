import { expect, test } from '@jest/globals';
import { afterRunning, type Clock } from './clock.ts';

/** Timers that fire when they are told to: after a process stood still each fires once, however late it is. */
function heldTimers() {
  let due: { ms: number; fn: () => void } | null = null;
  const clock: Pick<Clock, 'after'> = {
    after(ms, fn) {
      const mine = (due = { ms, fn });
      return () => {
        if (due === mine) due = null;
      };
    },
  };
  const fire = (): number => {
    const now = due;
    due = null;
    now?.fn();
    return now?.ms ?? 0;
  };
  return { clock, fire };
}

test('a wait is over when its parts add up to it, whatever time passes between two of them', () => {
  const { clock, fire } = heldTimers();
  let calls = 0;
  afterRunning(clock, 2_500, () => (calls += 1));
  expect([fire(), calls]).toEqual([1_000, 0]);
  // Here the process may have stood still for an hour: it is one second all the same.
  expect([fire(), calls]).toEqual([1_000, 0]);
  expect([fire(), calls]).toEqual([500, 1]);
  expect([fire(), calls]).toEqual([0, 1]);
});

test('a wait that is taken back in its middle never ends', () => {
  const { clock, fire } = heldTimers();
  let calls = 0;
  const cancel = afterRunning(clock, 3_000, () => (calls += 1));
  fire();
  cancel();
  expect([fire(), calls]).toEqual([0, 0]);
});
