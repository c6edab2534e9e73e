import { describe, expect, test } from '@jest/globals';
import { MINUTE } from '../../core/clock.ts';
import { planPace, type ClusterState, type HpaState, type Move } from './pace-plan.ts';

const NOW = 100 * MINUTE + 20_000;
const at = (minute: number): number => minute * MINUTE;

const own = (minute: number | null): HpaState => ({
  inPace: false,
  until: minute === null ? null : at(minute),
  scannedAt: minute === null ? null : at(minute) + 20_000,
  newest: minute === null ? -Infinity : at(minute),
  tail: null,
});
const paced: HpaState = { inPace: true, until: null, scannedAt: null, newest: at(90), tail: null };

const cluster = (hpas: HpaState[], until = at(99)): ClusterState => ({
  stamp: 1,
  pace: { until, scannedAt: until + 20_000, newest: at(99) },
  members: hpas.filter(({ inPace }) => inPace).length,
  hpas: new Map(hpas.map((hpa, i) => [i + 1, hpa])),
});
const moves = (...list: [hpaId: number, until: number | null, newest?: number][]): Map<number, Move> =>
  new Map(
    list.map(([id, until, newest]) => [
      id,
      { until: until === null ? null : at(until), newest: at(newest ?? until ?? 0) },
    ]),
  );

/** The cursor of each HPA after the plan, in minutes, as whoever reads the tables finds it. */
function cursorsAfter(before: ClusterState, given: Map<number, Move>): (number | null)[] {
  const { pace, own: changed } = planPace(before, given, NOW);
  const changes = new Map(changed);
  return [...before.hpas].map(([id, state]) => {
    const after = changes.get(id) ?? state;
    const until = after.inPace ? pace.until : after.until;
    return until === null ? null : until / MINUTE;
  });
}

describe('a batch moves the cursors that it names and no other', () => {
  test.each<[string, ClusterState, Map<number, Move>, (number | null)[]]>([
    ['all in pace', cluster([paced, paced, paced]), moves([1, 100], [2, 100], [3, 100]), [100, 100, 100]],
    ['the first scan', cluster([own(null), own(null)]), moves([1, 100], [2, 100]), [100, 100]],
    ['one that was paused', cluster([paced, paced, paced]), moves([1, 100], [2, 100]), [100, 100, 99]],
    ['one alone', cluster([paced, paced, paced]), moves([2, 100]), [99, 100, 99]],
    ['rows without cursors', cluster([paced, own(80)]), moves([1, null, 70], [2, null, 70]), [99, 80]],
    [
      'one without its cursor',
      cluster([paced, paced, paced]),
      moves([1, 100], [2, 100], [3, null, 98]),
      [100, 100, 99],
    ],
    ['one that lagged', cluster([paced, own(40)]), moves([1, 100], [2, 100]), [100, 100]],
    ['two cursors', cluster([paced, paced, own(40)]), moves([1, 100], [2, 100], [3, 60]), [100, 100, 60]],
    ['an older cursor', cluster([paced, paced]), moves([1, 97], [2, 97]), [99, 99]],
    ['one that is ahead', cluster([paced, paced, own(100)]), moves([1, 98], [2, 98], [3, 98]), [99, 99, 100]],
    ['a pace in the future', cluster([paced, paced, paced], at(500)), moves([1, 100], [2, 100]), [100, 100, 500]],
    ['one in the future', cluster([paced, own(500)]), moves([1, 100], [2, 100]), [100, 100]],
    ['an HPA that was purged', cluster([paced, paced]), moves([1, 100], [2, 100], [9, 100]), [100, 100]],
  ])('%s', (_, before, given, cursors) => {
    expect(cursorsAfter(before, given)).toEqual(cursors);
  });
});

test('a scan of HPAs that keep pace writes no row of theirs, and of one that falls out just its own', () => {
  const before = cluster([paced, paced, paced]);
  expect(planPace(before, moves([1, 100], [2, 100], [3, 100]), NOW)).toEqual({
    pace: { until: at(100), scannedAt: NOW, newest: at(100) },
    members: 3,
    own: [],
  });
  const { members, own: changed } = planPace(before, moves([1, 100], [2, 100]), NOW);
  expect(members).toBe(2);
  // It takes along where the pace stood, and the newest of its own rows.
  expect(changed).toEqual([
    [3, { inPace: false, until: at(99), scannedAt: at(99) + 20_000, newest: at(90), tail: null }],
  ]);
});

test.each<[string, HpaState[], Map<number, Move>, number]>([
  ['of one in pace', [paced, paced], moves([1, null, 100]), at(100)],
  ['of one that joins', [own(90)], moves([1, 100]), at(100)],
  ['of one that stands alone', [paced, paced, own(90)], moves([3, null, 100]), at(99)],
])('no row is newer than the bound of the pace: a new row %s', (_, hpas, given, bound) => {
  const { pace, own: changed } = planPace(cluster(hpas), given, NOW);
  expect(pace.newest).toBe(bound);
  for (const [id, state] of changed) expect(state.newest).toBeGreaterThanOrEqual(given.get(id)?.newest ?? Infinity);
});
