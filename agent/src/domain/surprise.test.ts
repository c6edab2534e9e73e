import { expect, test } from '@jest/globals';
import { MINUTE } from '../core/clock.ts';
import { fisher, observe, POINT_MS, type SurpriseState } from './surprise.ts';

test.each([
  [0, 0],
  // y = 3 ln 10 = 6.908: P(Gamma(3) > y) = e^-y (1 + y + y^2/2) = 0.001 x 31.8.
  [3, 1.498],
  [6, 3.958],
  [12, 9.387],
])('three surprises of together %d decades are one of %d', (sum, decades) => {
  expect(fisher(sum)).toBeCloseTo(decades, 2);
});

test('the statistics need 30 and 60 minutes, and begin anew after a hole', () => {
  let state: SurpriseState | null = null;
  const known: string[] = [];
  for (let i = 0; i < 20; i++) {
    const at = (i < 13 ? i : i + 10) * POINT_MS;
    const next = observe(state, at, 10, i % 2 === 0 ? 1 : -1);
    state = next.state;
    const { level, jump, misfit } = next.statistics;
    known.push(`${level === null ? '-' : 'L'}${jump === null ? '-' : 'J'}${misfit === null ? '-' : 'M'}`);
  }
  expect(known.join(' ')).toBe('--- -J- -J- -J- -J- LJ- LJ- LJ- LJ- LJ- LJ- LJM LJM -J- -J- -J- -J- -J- LJ- LJ-');
  expect(POINT_MS).toBe(5 * MINUTE);
});

test('a mean residual, a jump and a misfit', () => {
  let state: SurpriseState | null = null;
  for (let i = 0; i < 12; i++) state = observe(state, i * POINT_MS, 10, 0).state;
  const { statistics } = observe(state, 12 * POINT_MS, 22, 12);
  expect(statistics.level).toBeCloseTo(2);
  expect(statistics.jump).toBeCloseTo(12);
  expect(statistics.misfit).toBeCloseTo(1);
});
