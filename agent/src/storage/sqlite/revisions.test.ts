import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, MINUTE } from '../../core/clock.ts';
import type { RevisionsSeen } from '../../domain/change.ts';
import type { Database } from './database.ts';
import { enrolMany, packed, withDatabase } from './database.fixture.ts';
import { sample } from '../sample.fixture.ts';
import { planRevisionChanges } from '../revision-changes.ts';

const at = (minute: number, ...revisions: string[]): RevisionsSeen => ({ at: minute * MINUTE, revisions });
const plan = (before: string[], ...points: RevisionsSeen[]) =>
  planRevisionChanges(before, points).map(({ ts, revision }) => [ts / MINUTE, revision]);

test.each<[string, string[], RevisionsSeen[], [number, string][]]>([
  ['the first of all is kept', [], [at(0, 'a'), at(1, 'a')], [[0, 'a']]],
  ['a new one counts from its first pod', ['a'], [at(0, 'a'), at(1, 'a', 'b'), at(5, 'b')], [[1, 'b']]],
  ['no pod at all says nothing', ['a'], [at(0, 'a'), at(1), at(9, 'a')], []],
  ['an old pod that lingers is no news', ['a', 'b'], [at(0, 'a', 'b'), at(1, 'b'), at(2, 'a', 'b')], []],
  [
    'two deploys while old pods end',
    ['a'],
    [at(0, 'a', 'b'), at(1, 'a', 'b', 'c'), at(2, 'a', 'c'), at(3, 'c')],
    [
      [0, 'b'],
      [1, 'c'],
    ],
  ],
  ['a rollback counts when the newest is gone', ['a', 'b'], [at(0, 'b'), at(1, 'a', 'b'), at(3, 'a')], [[3, 'a']]],
  ['after scale-to-zero under another one', ['a'], [at(0), at(600, 'b')], [[600, 'b']]],
])('%s', (_what, before, points, expected) => {
  expect(plan(before, ...points)).toEqual(expected);
});

const write = (database: Database, hpaId: number, ...seen: RevisionsSeen[]) =>
  database.writeSamples(packed(hpaId, [], { revisions: [{ hpaId, seen }] }));
const ALL = { from: 0, to: 100 * DAY };
const rollouts = (database: Database) =>
  database.rolloutsOf('c', ALL).map(({ hpaId, at: ts, to, isReturn }) => [hpaId, ts / MINUTE, to, isReturn]);

test('what an HPA is first seen with is no rollout; what comes after is, with what was there before', () =>
  withDatabase((database) => {
    const [one = 0, two = 0] = enrolMany(database, 2);
    write(database, one, at(10, 'a'), at(20, 'a', 'b'));
    write(database, two, at(15, 'x', 'y'));
    write(database, one, at(40, 'a'));
    expect(rollouts(database)).toEqual([
      [one, 20, 'b', false],
      [one, 40, 'a', true],
    ]);
    expect(database.rolloutsOf('other', ALL)).toEqual([]);
    expect(database.changesOf(one, { from: 30 * MINUTE, to: 50 * MINUTE })).toEqual([
      { kind: 'rollout', at: 40 * MINUTE, from: 'b', to: 'a', isReturn: true },
    ]);
    expect(database.changesOf(two, ALL)).toEqual([]);
  }));

test('history that is collected later moves what was first seen: the same revision before it makes it none, another one a rollout', () =>
  withDatabase((database) => {
    const [same = 0, other = 0] = enrolMany(database, 2);
    write(database, same, at(100, 'b'));
    write(database, other, at(100, 'b'));
    write(database, same, at(0, 'a'), at(50, 'a', 'b'));
    write(database, other, at(0, 'a'));
    expect(rollouts(database)).toEqual([
      [same, 50, 'b', false],
      [other, 100, 'b', false],
    ]);
  }));

test('the order of windows does not matter where they tell the same', () =>
  withDatabase((database) => {
    const story = [
      at(0, 'a'),
      at(5, 'a', 'b'),
      at(10, 'b'),
      at(15, 'b', 'c'),
      at(20, 'c'),
      at(25, 'c'),
      at(30, 'b', 'c'),
      at(35, 'b'),
    ];
    const windows = [story.slice(0, 2), story.slice(1, 4), story.slice(3, 6), story.slice(5)];
    fc.assert(
      fc.property(fc.shuffledSubarray(windows, { minLength: 4 }), fc.nat(), (order, salt) => {
        const [{ hpa: { id = 0 } = {} } = {}] = database.enrol([{ cluster: 'c', namespace: 'n', hpa: `p${salt}` }], 0);
        database.removeHpa(id, { purge: true });
        const [{ hpa } = {}] = database.enrol([{ cluster: 'c', namespace: 'n', hpa: `p${salt}` }], 0);
        const hpaId = hpa?.id ?? 0;
        for (const window of order) write(database, hpaId, ...window);
        const changes = database.changesOf(hpaId, ALL).map((change) => [change.to, change.at / MINUTE]);
        expect(changes.slice(0, 2)).toEqual([
          ['b', 5],
          ['c', 15],
        ]);
        // Who saw its window before it knew that `b` is not new took the first pod for the beginning.
        expect([
          ['b', 30],
          ['b', 35],
        ]).toContainEqual(changes[2]);
        expect(changes).toHaveLength(3);
      }),
      { numRuns: 24 },
    );
  }));

test('of the spec the values that became others, by field; one that was not known before is none', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    const rows = [
      sample(0, { replicasMax: 8 }),
      sample(MINUTE, { replicasMax: 8, cpuTarget: 70 }),
      sample(2 * MINUTE, { replicasMax: 12, cpuTarget: 60 }),
      sample(3 * MINUTE, { replicasMax: 12, cpuTarget: 60, cpuBasis: 'core' }),
    ];
    database.writeSamples(packed(hpaId, rows));
    expect(database.changesOf(hpaId, ALL)).toEqual([
      { kind: 'config', at: 2 * MINUTE, field: 'cpuTarget', from: 70, to: 60 },
      { kind: 'config', at: 2 * MINUTE, field: 'replicasMax', from: 8, to: 12 },
    ]);
    expect(database.changesOf(hpaId, { from: 2 * MINUTE, to: 2 * MINUTE })).toHaveLength(2);
    expect(database.changesOf(hpaId, { from: 3 * MINUTE, to: 9 * MINUTE })).toEqual([]);
  }));

test('retention keeps the revision in force, so that the next one is still a rollout', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    write(database, hpaId, at(0, 'a'), at(10, 'b'), at(20, 'c'));
    const policy = { minutesMs: MINUTE, totalMs: MINUTE };
    while (!database.retain(policy, 31 * MINUTE, 50).done);
    write(database, hpaId, at(40, 'd'));
    expect(rollouts(database)).toEqual([[hpaId, 40, 'd', false]]);
  }));
