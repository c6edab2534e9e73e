import { expect, test } from '@jest/globals';
import { DAY, MINUTE } from '../../../agent/src/core/clock.ts';
import type { RevisionsSeen } from '../../../agent/src/domain/change.ts';
import { sample } from '../../../agent/src/storage/sample.fixture.ts';
import type { SampleStore } from '../../../agent/src/storage/store.ts';
import { batch, enrolMany, retainAll } from './batches.ts';
import { describeStores } from './stores.ts';

const START = Date.UTC(2026, 0, 5, 12);
const ALL = { from: START, to: START + 100 * DAY };
const at = (minute: number, ...revisions: string[]): RevisionsSeen => ({ at: START + minute * MINUTE, revisions });
const m = (from: number, to: number) => ({ from: START + from * MINUTE, to: START + to * MINUTE });

const write = (store: SampleStore, hpaId: number, ...seen: RevisionsSeen[]) =>
  store.writeSamples(batch(hpaId, [], { revisions: [{ hpaId, seen }] }));
const rollouts = async (store: SampleStore) =>
  (await store.rolloutsOf('c', ALL)).map(({ hpaId, at: ts, to, isReturn }) => [
    hpaId,
    (ts - START) / MINUTE,
    to,
    isReturn,
  ]);

/** What deployments do while old pods end, cut into windows that overlap. */
const STORY = [
  at(0, 'a'),
  at(5, 'a', 'b'),
  at(10, 'b'),
  at(15, 'b', 'c'),
  at(20, 'c'),
  at(25, 'c'),
  at(30, 'b', 'c'),
  at(35, 'b'),
];
const WINDOWS = [STORY.slice(0, 2), STORY.slice(1, 4), STORY.slice(3, 6), STORY.slice(5)];
const ORDERS = [
  [0, 1, 2, 3],
  [3, 2, 1, 0],
  [2, 0, 3, 1],
  [1, 3, 0, 2],
  [3, 0, 2, 1],
];

describeStores(
  () => START,
  (withStore) => {
    test('what an HPA is first seen with is no rollout; what comes after is, with what was there before', () =>
      withStore(async (store) => {
        const [one = 0, two = 0] = await enrolMany(store, 2);
        await write(store, one, at(10, 'a'), at(20, 'a', 'b'));
        await write(store, two, at(15, 'x', 'y'));
        await write(store, one, at(40, 'a'));
        expect(await rollouts(store)).toEqual([
          [one, 20, 'b', false],
          [one, 40, 'a', true],
        ]);
        expect(await store.rolloutsOf('other', ALL)).toEqual([]);
        expect(await store.changesOf(one, m(30, 50))).toEqual([
          { kind: 'rollout', at: START + 40 * MINUTE, from: 'b', to: 'a', isReturn: true },
        ]);
        expect(await store.changesOf(two, ALL)).toEqual([]);
      }));

    test('history that is collected later moves what was first seen', () =>
      withStore(async (store) => {
        const [same = 0, other = 0] = await enrolMany(store, 2);
        const seen = (hpaId: number, ...list: RevisionsSeen[]) => ({ hpaId, seen: list });
        await store.writeSamples(batch(same, [], { revisions: [seen(same, at(100, 'b')), seen(other, at(100, 'b'))] }));
        await store.writeSamples(
          batch(same, [], { revisions: [seen(same, at(0, 'a'), at(50, 'a', 'b')), seen(other, at(0, 'a'))] }),
        );
        expect(await rollouts(store)).toEqual([
          [same, 50, 'b', false],
          [other, 100, 'b', false],
        ]);
      }));

    test('the order of windows does not matter where they tell the same', () =>
      withStore(async (store) => {
        const ids = await enrolMany(store, ORDERS.length);
        for (const [i, order] of ORDERS.entries())
          for (const window of order) await write(store, ids[i] ?? 0, ...(WINDOWS[window] ?? []));
        for (const [i, id] of ids.entries()) {
          const changes = await store.changesOf(id, ALL);
          const told = changes.map((change) => [change.to, (change.at - START) / MINUTE]);
          const before = { order: ORDERS[i], told: told.slice(0, 2), count: told.length };
          expect(before).toEqual({
            order: ORDERS[i],
            count: 3,
            told: [
              ['b', 5],
              ['c', 15],
            ],
          });
          // Who saw its window before it knew that `b` is not new took the first pod for the beginning.
          expect([
            ['b', 30],
            ['b', 35],
          ]).toContainEqual(told[2]);
        }
      }));

    test('of the spec the values that became others, by field; one that was not known before is none', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const rows = [
          sample(START, { replicasMax: 8 }),
          sample(START + MINUTE, { replicasMax: 8, cpuTarget: 70 }),
          sample(START + 2 * MINUTE, { replicasMax: 12, cpuTarget: 60 }),
          sample(START + 3 * MINUTE, { replicasMax: 12, cpuTarget: 60, cpuBasis: 'core' }),
        ];
        await store.writeSamples(batch(hpaId, rows));
        expect(await store.changesOf(hpaId, ALL)).toEqual([
          { kind: 'config', at: START + 2 * MINUTE, field: 'cpuTarget', from: 70, to: 60 },
          { kind: 'config', at: START + 2 * MINUTE, field: 'replicasMax', from: 8, to: 12 },
        ]);
        expect(await store.changesOf(hpaId, m(2, 2))).toHaveLength(2);
        expect(await store.changesOf(hpaId, m(3, 9))).toEqual([]);
      }));

    test('retention keeps the revision in force, so that the next one is still a rollout', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        await write(store, hpaId, at(0, 'a'), at(10, 'b'), at(20, 'c'));
        await retainAll(store, { minutesMs: MINUTE, totalMs: MINUTE }, START + 31 * MINUTE);
        await write(store, hpaId, at(40, 'd'));
        expect(await rollouts(store)).toEqual([[hpaId, 40, 'd', false]]);
      }));

    test('gaps join, shrink and split; what one batch opens and closes is closed', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const open = async (openGaps: [number, number][], closeGaps: [number, number][] = []) => {
          const gap = ([from, to]: [number, number]) => ({ hpaId, ...m(from, to) });
          await store.writeSamples(batch(hpaId, [], { openGaps: openGaps.map(gap), closeGaps: closeGaps.map(gap) }));
          return (await store.openGaps('c')).map(({ from, to }) => [(from - START) / MINUTE, (to - START) / MINUTE]);
        };
        expect(await open([[1, 3]])).toEqual([[1, 3]]);
        expect(
          await open([
            [6, 8],
            [4, 5],
          ]),
        ).toEqual([[1, 8]]);
        expect(await open([[20, 30]], [[3, 4]])).toEqual([
          [20, 30],
          [5, 8],
          [1, 2],
        ]);
        expect(await open([[40, 41]], [[0, 100]])).toEqual([]);
      }));

    test('gaps of a cluster come newest first, those of stopped HPAs not', () =>
      withStore(async (store) => {
        const [a = 0, b = 0, stopped = 0] = await enrolMany(store, 3);
        const openGaps = [
          { hpaId: a, ...m(1, 3) },
          { hpaId: b, ...m(5, 9) },
          { hpaId: stopped, ...m(7, 8) },
        ];
        await store.writeSamples(batch(a, [], { openGaps, closeGaps: [{ hpaId: b, ...m(6, 7) }] }));
        await store.removeHpa(stopped, { purge: false });
        expect(await store.openGaps('c')).toEqual([
          { hpaId: b, ...m(8, 9) },
          { hpaId: b, ...m(5, 5) },
          { hpaId: a, ...m(1, 3) },
        ]);
        expect(await store.openGaps('other')).toEqual([]);
      }));
  },
);
