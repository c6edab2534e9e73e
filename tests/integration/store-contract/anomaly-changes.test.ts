import { expect, test } from '@jest/globals';
import { DAY } from '../../../agent/src/core/clock.ts';
import { anomaly } from '../../../agent/src/storage/anomaly.fixture.ts';
import type { AnomalyFilter } from '../../../agent/src/storage/anomaly-store.ts';
import type { Store } from '../../../agent/src/storage/store.ts';
import { enrolMany, retainAll } from './batches.ts';
import { describeStores } from './stores.ts';

const save = (store: Store, ...anomalies: ReturnType<typeof anomaly>[]) => store.saveAnomalies({ anomalies });
const ALL: AnomalyFilter = { limit: 100 };
const FIRING: AnomalyFilter = { state: 'firing', limit: 1 };

/** Ids that changed and that were removed since a revision; null: the list has to be read. */
const since = async (store: Store, revision: string, filter = ALL) => {
  const { changed } = await store.anomalyChanges(filter, revision);
  return changed && { ids: changed.items.map(({ id }) => id), removed: changed.removed, total: changed.total };
};
const revisionOf = async (store: Store) => (await store.anomalyChanges(ALL, null)).revision;

describeStores(
  () => 1,
  (withStore) => {
    test('what was written since is told, whatever the limit, and what left the filter as removed', () =>
      withStore(async (store) => {
        const [a = 0, b = 0] = await enrolMany(store, 2);
        const first = await revisionOf(store);
        expect((await store.anomalyChanges(ALL, null)).changed).toBeNull();
        expect(await since(store, first)).toEqual({ ids: [], removed: [], total: 0 });
        await save(
          store,
          anomaly(a, 'a'),
          anomaly(a, 'm', { kind: 'maxed_out' }),
          anomaly(b, 'b', { startedAt: 120_000 }),
        );
        expect(await since(store, first, FIRING)).toEqual({ ids: ['b', 'm', 'a'], removed: [], total: 3 });
        const second = await revisionOf(store);
        await save(store, anomaly(a, 'a', { state: 'resolved', endedAt: 300_000, lastSeenAt: 300_000 }));
        expect(await since(store, second, FIRING)).toEqual({ ids: [], removed: ['a'], total: 2 });
        expect(await since(store, second)).toEqual({ ids: ['a'], removed: [], total: 3 });
        expect(await since(store, await revisionOf(store))).toEqual({ ids: [], removed: [], total: 3 });
      }));

    test('an acknowledgement and the end of a watch are changes; a write that is ignored is none', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        await save(
          store,
          anomaly(hpaId, 'a', { state: 'resolved', endedAt: 300_000 }),
          anomaly(hpaId, 'm', { kind: 'maxed_out' }),
        );
        const before = await revisionOf(store);
        await save(store, anomaly(hpaId, 'a', { state: 'firing' }), anomaly(99, 'x'));
        expect(await revisionOf(store)).toBe(before);
        await store.patchAnomaly('a', { acknowledgedAt: 1 });
        expect((await since(store, before))?.ids).toEqual(['a']);
        const acknowledged = await revisionOf(store);
        await store.removeHpa(hpaId, { purge: false });
        expect(await since(store, acknowledged, FIRING)).toEqual({ ids: [], removed: ['m'], total: 0 });
      }));

    test.each<[string, (store: Store, hpaId: number) => Promise<unknown>]>([
      ['a purge', (store, hpaId) => store.removeHpa(hpaId, { purge: true })],
      ['retention', (store) => retainAll(store, { minutesMs: DAY, totalMs: DAY }, 3 * DAY)],
      [
        'one that ended without having fired',
        (store, hpaId) =>
          save(store, anomaly(hpaId, 'm', { kind: 'maxed_out', state: 'resolved', firedAt: null, endedAt: 1 })),
      ],
    ])('after %s the list has to be read again, once', (_, remove) =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        await save(store, anomaly(hpaId, 'a', { state: 'resolved', endedAt: 300_000 }));
        await save(store, anomaly(hpaId, 'm', { kind: 'maxed_out', state: 'pending', firedAt: null }));
        const before = await revisionOf(store);
        await remove(store, hpaId);
        expect(await since(store, before)).toBeNull();
        expect(await since(store, await revisionOf(store))).toMatchObject({ ids: [], removed: [] });
      }),
    );

    test('what is no revision of this database is known as such', () =>
      withStore(async (store) => {
        for (const revision of ['', 'x', '0.', '0.1.2', '1.zzzz', '5.0', '1.-1', '1.01'])
          expect((await store.anomalyChanges(ALL, revision)).changed).toBeNull();
      }));

    test('of many that write at once every change has a number of its own, and nobody who reads meanwhile misses one', () =>
      withStore(async (store, { reopen }) => {
        const ids = await enrolMany(store, 20);
        const other = await reopen();
        const first = await revisionOf(store);
        const seen = new Set<string>();
        let last = first;
        let writing = true;
        const reading = async () => {
          for (let isLast = false; !isLast;) {
            isLast = !writing;
            const { revision, changed } = await other.anomalyChanges(ALL, last);
            changed?.items.forEach(({ id }) => seen.add(id));
            last = revision;
          }
        };
        const done = reading();
        await Promise.all(ids.map((hpaId, i) => save(i % 2 === 0 ? store : other, anomaly(hpaId, `a${i}`))));
        writing = false;
        await done;
        await other.close();
        expect([...seen].sort()).toEqual(ids.map((_, i) => `a${i}`).sort());
      }));

    test('more changes than an answer should hold are told as the list', () =>
      withStore(async (store) => {
        const ids = await enrolMany(store, 501);
        const before = await revisionOf(store);
        await save(store, ...ids.slice(0, 500).map((hpaId) => anomaly(hpaId, `a${hpaId}`)));
        expect((await since(store, before))?.ids).toHaveLength(500);
        await save(store, anomaly(ids[500] ?? 0, 'last'));
        expect(await since(store, before)).toBeNull();
      }));
  },
);
