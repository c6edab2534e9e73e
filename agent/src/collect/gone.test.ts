import { expect, test } from '@jest/globals';
import { MINUTE } from '../core/clock.ts';
import { look, type Presence } from './gone.ts';

type Look = [minute: number, seen: boolean, answers: boolean];

const after = (looks: Look[]): Presence =>
  looks.reduce<Presence>((before, [minute, seen, answers]) => look(before, { seen, answers, now: minute * MINUTE }), {
    absentSince: null,
    goneSince: null,
  });

test.each<[string, Look[], number | null]>([
  ['there', [[0, true, true]], null],
  [
    'absent for nine minutes',
    [
      [0, false, true],
      [9, false, true],
    ],
    null,
  ],
  [
    'absent for ten minutes',
    [
      [0, false, true],
      [10, false, true],
    ],
    0,
  ],
  [
    'absent while nobody answers',
    [
      [0, false, true],
      [5, false, false],
      [12, false, true],
    ],
    null,
  ],
  [
    'absent anew after that',
    [
      [0, false, false],
      [1, false, true],
      [11, false, true],
    ],
    MINUTE,
  ],
  [
    'gone, and nobody answers',
    [
      [0, false, true],
      [10, false, true],
      [20, false, false],
    ],
    0,
  ],
  [
    'back',
    [
      [0, false, true],
      [10, false, true],
      [11, true, true],
    ],
    null,
  ],
])('%s', (_what, looks, goneSince) => {
  expect(after(looks).goneSince).toBe(goneSince);
});
