import { expect, test } from '@jest/globals';
import { rowsInSight, startsOf } from './row-window';

test('rows lie one under the other; those not seen yet are as high as estimated', () => {
  expect(startsOf(['a', 'b', 'c'], new Map([['b', 100]]), 40)).toEqual([0, 40, 140, 180]);
  expect(startsOf([], new Map(), 40)).toEqual([0]);
});

const thousand = startsOf(
  Array.from({ length: 1_000 }, (_, i) => String(i)),
  new Map(),
  40,
);

test.each([
  ['at the top', { top: 0, height: 400 }, 2, [0, 13]],
  ['in the middle', { top: 4_000, height: 400 }, 2, [98, 113]],
  ['at the end', { top: 39_600, height: 400 }, 2, [988, 1_000]],
  ['scrolled beyond the end, as after a filter', { top: 99_999, height: 400 }, 2, [997, 1_000]],
  ['before its size is known', { top: 0, height: 0 }, 2, [0, 3]],
])('of a thousand rows only those in sight are drawn: %s', (_, sight, more, expected) => {
  expect(rowsInSight(thousand, sight, more)).toEqual(expected);
});

test('an empty list draws nothing', () => {
  expect(rowsInSight([0], { top: 0, height: 400 }, 8)).toEqual([0, 0]);
});
