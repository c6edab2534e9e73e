import { expect, test } from '@jest/globals';
import { sparkShape } from './sparkline-path';

test('values and band share one scale', () => {
  const { band, line, last } = sparkShape({ values: [0, 5, 10], lower: [2, 2, 2], upper: [8, 8, 8] }, 104, 24);
  expect(line).toBe('M2,22L52,12L102,2');
  expect(band).toBe('M2,6L52,6L102,6L102,18L52,18L2,18Z');
  expect(last).toEqual({ x: 102, y: 2, isOutside: true });
});

test('what is not known is a gap, a lone point a dot', () => {
  const { line } = sparkShape({ values: [1, null, 3, null, 2, 2], lower: null, upper: null }, 104, 24);
  expect(line).toBe('M2,22h0.1M42,2h0.1M82,12L102,12');
});

test('the way out of the band and back is marked, the rest not', () => {
  const { outside } = sparkShape({ values: [5, 5, 9, 5, 5], lower: [4, 4, 4, 4, 4], upper: [6, 6, 6, 6, 6] }, 104, 24);
  expect(outside).toBe('M27,18L52,2M52,2L77,18');
});

test('a flat line lies in the middle', () => {
  expect(sparkShape({ values: [7, 7], lower: null, upper: null }, 104, 24).line).toBe('M2,12L102,12');
});

test('nothing known draws nothing', () => {
  expect(sparkShape({ values: [null, null], lower: null, upper: null }, 104, 24)).toEqual({
    band: '',
    line: '',
    outside: '',
    last: null,
  });
});
