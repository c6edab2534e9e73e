import { expect, test } from '@jest/globals';
import { alignLines, heldOver, lastIndexAt, nearestIndex, usualStep, withGaps } from './align';

test('lines of different steps share one time axis; what a line does not have there is no gap', () => {
  const value = { times: [0, 1, 2, 3], values: [5, null, 7, 8] };
  const band = { times: [0, 2, 4], values: [1, 2, 3] };
  expect(alignLines([value, band])).toEqual({
    times: [0, 1, 2, 3, 4],
    columns: [
      [5, null, 7, 8, undefined],
      [1, undefined, 2, undefined, 3],
    ],
  });
});

test('a gap lasts until the next known value, whatever other lines know within', () => {
  const value = { times: [0, 1, 5, 6], values: [5, null, 7, 8] };
  const band = { times: [0, 2, 4, 6], values: [1, 2, 3, 4] };
  expect(alignLines([value, band]).columns[0]).toEqual([5, null, null, null, 7, 8]);
});

test('no lines, no times', () => {
  expect(alignLines([])).toEqual({ times: [], columns: [] });
});

test.each([
  ['an outage', [0, 60, 120, 600, 660], [1, 2, 3, 4, 5], [0, 60, 120, 180, 600, 660], [1, 2, 3, null, 4, 5]],
  ['one scan lost', [0, 60, 180, 240], [1, 2, 3, 4], [0, 60, 180, 240], [1, 2, 3, 4]],
  [
    'older history coarser than newer',
    [0, 300, 600, 900, 1_200, 1_260, 1_320],
    [1, 2, 3, 4, 5, 6, 7],
    [0, 300, 600, 900, 1_200, 1_260, 1_320],
    [1, 2, 3, 4, 5, 6, 7],
  ],
  [
    'one point between two outages',
    [0, 60, 120, 600, 1_200, 1_260],
    [1, 2, 3, 4, 5, 6],
    [0, 60, 120, 180, 600, 660, 1_200, 1_260],
    [1, 2, 3, null, 4, null, 5, 6],
  ],
  ['one point', [0], [1], [0], [1]],
])('%s', (_, times, values, expectedTimes, expectedValues) => {
  expect(withGaps({ times, values })).toEqual({ times: expectedTimes, values: expectedValues });
});

test.each([
  [[], null],
  [[1], null],
  [[0, 60, 120, 900], 60],
])('the usual step of %j is %s', (times, step) => {
  expect(usualStep(times)).toBe(step);
});

test.each([
  [-1, -1],
  [0, 0],
  [9, 0],
  [10, 1],
  [99, 2],
])('the last of 0, 10, 20 at %i is number %i', (at, index) => {
  expect(lastIndexAt([0, 10, 20], at)).toBe(index);
});

test.each([
  [4, 5, 0],
  [6, 5, 1],
  [26, 5, -1],
  [-4, 5, 0],
  [22, 5, 2],
])('the nearest of 0, 10, 20 to %i within %i is number %i', (at, tolerance, index) => {
  expect(nearestIndex([0, 10, 20], at, tolerance)).toBe(index);
});

test.each([
  ['one point holds for all time', [50], [70], [0, 50, 100], [70, 70, 70]],
  ['a change within', [-10, 40], [70, 80], [0, 40, 100], [70, 80, 80]],
  ['nothing known', [], [], [], []],
])('%s', (_, times, values, expectedTimes, expectedValues) => {
  expect(heldOver({ times, values }, { from: 0, to: 100 })).toEqual({ times: expectedTimes, values: expectedValues });
});
