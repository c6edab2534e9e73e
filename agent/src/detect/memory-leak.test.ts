import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOUR, MINUTE } from '../core/clock.ts';
import { medianSlope, shareRising } from './memory-leak.ts';

type Point = [at: number, above: number, mib: number];

test('slope and share are those of all pairs, whatever the points', () => {
  const values = fc.array(
    fc.integer({ min: -10_000, max: 10_000 }).map((n) => n / 7),
    { minLength: 2, maxLength: 30 },
  );
  fc.assert(
    fc.property(values, (above) => {
      const points = above.map((value, i): Point => [i * 5 * MINUTE, value, 500]);
      const slopes = points.flatMap(([at, value], i) =>
        points.slice(i + 1).map(([later, then]) => ((then - value) / (later - at)) * HOUR),
      );
      const ordered = [...slopes].sort((a, b) => a - b);
      expect(medianSlope(points)).toBe(ordered[Math.floor(ordered.length / 2)]);
      expect(shareRising(points)).toBe(slopes.filter((slope) => slope > 0).length / slopes.length);
    }),
  );
});

test('of less than two points nothing rises', () => {
  expect([shareRising([]), shareRising([[0, 1, 1]]), medianSlope([])]).toEqual([0, 0, 0]);
});
