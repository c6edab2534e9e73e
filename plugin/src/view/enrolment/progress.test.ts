import { expect, test } from '@jest/globals';
import { timeLeftMs, withFirstSeen, type FirstSeen } from './progress';

const NOW = Date.UTC(2026, 0, 5, 12);
const at = (ms: number) => new Date(NOW + ms).toISOString();

test.each<[string, number, string | null, FirstSeen | null, number | null]>([
  ['the agent’s estimate', 20, at(40_000), null, 40_000],
  ['the rate, once the estimate is over', 50, at(-1), { at: NOW - 10_000, percent: 0 }, 10_000],
  ['the rate, where nothing was estimated', 75, null, { at: NOW - 30_000, percent: 25 }, 15_000],
  ['nothing, before there was progress', 0, null, { at: NOW - 30_000, percent: 0 }, null],
  ['nothing, after the first look', 40, null, { at: NOW, percent: 40 }, null],
  ['nothing, where nothing is known', 40, null, null, null],
])('the time left is told by %s', (_, percent, estimate, first, left) => {
  expect(timeLeftMs(percent, estimate, first, NOW)).toBe(left);
});

test('a collection keeps when it was first seen; one that ended is forgotten', () => {
  const first = withFirstSeen(new Map(), [{ key: 'a', percent: 0 }, { key: 'b', percent: 3 }], NOW); // prettier-ignore
  const later = withFirstSeen(first, [{ key: 'b', percent: 40 }, { key: 'c', percent: 1 }], NOW + 5_000); // prettier-ignore
  expect([...later]).toEqual([
    ['b', { at: NOW, percent: 3 }],
    ['c', { at: NOW + 5_000, percent: 1 }],
  ]);
});
