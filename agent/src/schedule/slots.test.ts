import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cycleMs, exceedsCadence, lanesFor, planSlots, turnAfter, turnAt } from './slots.ts';

const ANCHOR = Date.UTC(2026, 0, 5, 12, 0, 0);
const lanesOf = (n: number, lanes = 2): string[][] =>
  Array.from({ length: lanes }, (_, lane) =>
    Array.from({ length: n }, (_, i) => `c${i + 1}`).filter((_, i) => i % lanes === lane),
  );

describe('the table of slot lengths', () => {
  test.each([
    [0, 0, 30, 0, false],
    [1, 1, 30, 30, false],
    [2, 1, 30, 30, false],
    [3, 2, 25, 50, false],
    [4, 2, 25, 50, false],
    [5, 3, 20, 60, false],
    [6, 3, 20, 60, false],
    [7, 4, 15, 60, false],
    [8, 4, 15, 60, false],
    [9, 5, 15, 75, true],
    [100, 50, 15, 750, true],
  ])(
    '%i clusters on two lanes: %i slots of %i s, cycle %i s, cadence exceeded %s',
    (n, slots, slot, cycle, exceeded) => {
      const plan = planSlots(lanesOf(n), ANCHOR);
      expect(plan.slots).toBe(slots);
      if (slots > 0) expect(plan.slotMs).toBe(slot * 1_000);
      expect(cycleMs(plan)).toBe(cycle * 1_000);
      expect(exceedsCadence(plan)).toBe(exceeded);
    },
  );

  test('a configured length wins over the table', () =>
    expect(cycleMs(planSlots(lanesOf(4), ANCHOR, 2_000))).toBe(4_000));

  test('three lanes and six clusters need two slots', () =>
    expect(planSlots(lanesOf(6, 3), ANCHOR)).toMatchObject({ slots: 2, slotMs: 25_000 }));
});

test.each([
  [1, 2],
  [8, 2],
  [9, 3],
  [49, 13],
  [100, 25],
])('%i clusters get %i lanes by "auto"', (clusters, lanes) => {
  expect(lanesFor(clusters)).toBe(lanes);
  expect(exceedsCadence(planSlots(lanesOf(clusters, lanes), ANCHOR))).toBe(false);
});

describe('whose turn it is', () => {
  const plan = planSlots(lanesOf(4), ANCHOR);
  test.each([
    [0, 0, ['c1', 'c2']],
    [24_999, 0, ['c1', 'c2']],
    [25_000, 1, ['c3', 'c4']],
    [50_000, 0, ['c1', 'c2']],
    [86_400_000 + 30_000, 1, ['c3', 'c4']],
  ])('%i ms after the anchor: slot %i with %j', (ms, index, clusters) => {
    expect(turnAt(plan, ANCHOR + ms)).toMatchObject({ index, clusters });
  });

  test('an odd number leaves the last lane empty', () =>
    expect(turnAt(planSlots(lanesOf(3), ANCHOR), ANCHOR + 30_000)?.clusters).toEqual(['c3', null]));
  test('no clusters is idle', () => expect(turnAt(planSlots([[], []], ANCHOR), ANCHOR)).toBeNull());
  test('before the anchor nobody has a turn', () => expect(turnAt(plan, ANCHOR - 1)).toBeNull());
});

test('turns follow each other without gap or overlap, and each cluster has exactly one turn a cycle', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 10 ** 9 }),
      (n, lanes, offset) => {
        const plan = planSlots(lanesOf(n, lanes), ANCHOR);
        const now = ANCHOR + offset;
        let turn = turnAt(plan, now)!;
        expect(turn.start <= now && now < turn.end).toBe(true);
        const seen: string[] = [];
        for (let i = 0; i < plan.slots; i++) {
          const next = turnAfter(plan, turn);
          expect(next.start).toBe(turn.end);
          expect(turnAt(plan, next.start)).toEqual(next);
          seen.push(...turn.clusters.filter((name) => name !== null));
          turn = next;
        }
        expect(seen.sort()).toEqual(lanesOf(n, lanes).flat().sort());
      },
    ),
  );
});
