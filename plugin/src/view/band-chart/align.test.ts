import { expect, test } from '@jest/globals';
import { alignLines, heldOver, lastIndexAt, nearestIndex, withGaps } from './align';

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
  ['an outage', [0, 60, 120, 600, 660], [0, 60, 120, 180, 540, 600, 660]],
  ['an outage right after the first point', [0, 600, 660], [0, 60, 540, 600, 660]],
  [
    'one point between two outages',
    [0, 60, 120, 600, 1_200, 1_260],
    [0, 60, 120, 180, 540, 600, 660, 1_140, 1_200, 1_260],
  ],
  ['one scan lost', [0, 60, 180, 240], [0, 60, 180, 240]],
  [
    'history each 5 min, then scans each minute',
    [0, 300, 600, 900, 1_200, 1_260, 1_320],
    [0, 300, 600, 900, 1_200, 1_260, 1_320],
  ],
  ['one point', [0], [0]],
  ['no points', [], []],
])('gaps: %s', (_, times, expectedTimes) => {
  const line = withGaps({ times, values: times.map(() => 1) });
  expect(line.times).toEqual(expectedTimes);
  expect(line.times.filter((_time, i) => line.values[i] !== null)).toEqual(times);
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
  [4, 0],
  [6, 1],
  [29, 2],
  [31, -1],
  [-9, 0],
  [-11, -1],
])('what 0, 10, 20 tell of %i is told by number %i', (at, index) => {
  expect(nearestIndex([0, 10, 20], at)).toBe(index);
});

test('nothing is told by no point, everything by a single one', () => {
  expect(nearestIndex([], 5)).toBe(-1);
  expect(nearestIndex([0], 5)).toBe(0);
});

test.each([
  ['one point holds for all time', [50], [70], [0, 50, 100], [70, 70, 70]],
  ['a change within', [-10, 40], [70, 80], [0, 40, 100], [70, 80, 80]],
  ['nothing known', [], [], [], []],
])('%s', (_, times, values, expectedTimes, expectedValues) => {
  expect(heldOver({ times, values }, { from: 0, to: 100 })).toEqual({ times: expectedTimes, values: expectedValues });
});
