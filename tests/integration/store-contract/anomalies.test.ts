import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, MINUTE } from '../../../agent/src/core/clock.ts';
import { anomaly, draft } from '../../../agent/src/storage/anomaly.fixture.ts';
import type { AnomalyFilter } from '../../../agent/src/storage/anomaly-store.ts';
import type { Store } from '../../../agent/src/storage/store.ts';
import { enrolMany, retainAll } from './batches.ts';
import { describeStores } from './stores.ts';

const NOW = 100 * DAY;
const save = (store: Store, ...anomalies: ReturnType<typeof anomaly>[]) => store.saveAnomalies({ anomalies });
const list = (store: Store, filter: Partial<AnomalyFilter> = {}) => store.listAnomalies({ limit: 100, ...filter });
const ids = (anomalies: { id: string }[]) => anomalies.map(({ id }) => id);
const enrolOther = async (store: Store, namespace: string) =>
  (await store.enrol([{ cluster: 'd', namespace, hpa: 'h' }], 0)).map(({ hpa }) => hpa.id);

describeStores(
  () => NOW,
  (withStore) => {
    test('an anomaly is read as it was written, and followed to its end under its id', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const pending = anomaly(hpaId, 'a', { state: 'pending', firedAt: null, band: null, observed: null });
        await save(store, pending);
        expect(await store.openAnomalies()).toEqual([pending]);
        const firing = anomaly(hpaId, 'a', {
          severity: 'critical',
          parentId: 'b',
          clusterEventId: 'e',
          advice: 'Look: {"a", \\ \'b\'}, NULL',
        });
        await save(store, firing);
        expect(await store.openAnomalies('c')).toEqual([firing]);
        expect(await store.openAnomalies('other')).toEqual([]);
        const ended = { ...firing, state: 'resolved' as const, endedAt: 300_000 };
        await save(store, ended);
        expect(await store.openAnomalies()).toEqual([]);
        expect(await list(store)).toEqual({ items: [ended], next: null, total: 1 });
        expect(await store.findAnomaly('a')).toEqual(ended);
        expect(await store.findAnomaly('x')).toBeNull();
      }));

    test('an end stays until a later sample opens it again, and one that never fired leaves no trace', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        await save(store, anomaly(hpaId, 'a', { state: 'resolved', endedAt: null }));
        await save(store, anomaly(hpaId, 'a', { state: 'firing' }));
        expect(await store.findAnomaly('a')).toMatchObject({ state: 'resolved', endedAt: 240_000 });
        await save(store, anomaly(hpaId, 'b', { state: 'pending', firedAt: null }));
        await save(store, anomaly(hpaId, 'b', { state: 'resolved', firedAt: null, endedAt: 1 }));
        expect(await store.findAnomaly('b')).toBeNull();
        await save(store, anomaly(hpaId, 'a', { state: 'firing', lastSeenAt: 300_000 }));
        expect(await store.findAnomaly('a')).toMatchObject({ state: 'firing', endedAt: null });
      }));

    test('what a batch says of one anomaly several times counts in its order, an end before all', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        await save(
          store,
          anomaly(hpaId, 'a', { state: 'pending', firedAt: null, lastSeenAt: 60_000 }),
          anomaly(hpaId, 'a', { severity: 'critical', lastSeenAt: 300_000 }),
          anomaly(hpaId, 'a', { state: 'resolved', lastSeenAt: 120_000, endedAt: 120_000 }),
        );
        expect(await store.openAnomalies()).toEqual([
          anomaly(hpaId, 'a', { severity: 'critical', lastSeenAt: 300_000 }),
        ]);
      }));

    test('one open anomaly a (HPA, kind): another is refused with its whole batch, unless the first ends in it', () =>
      withStore(async (store) => {
        const [hpaId = 0, other = 0] = await enrolMany(store, 2);
        await save(store, anomaly(hpaId, 'a'));
        const second = anomaly(hpaId, 'b', { startedAt: 120_000 });
        const notifications = [draft('pager', { subject: 'b' })];
        const states = [{ hpaId, state: '{}', updatedAt: 1 }];
        const batch = { anomalies: [anomaly(other, 'x'), second], notifications, states };
        await expect(store.saveAnomalies(batch)).rejects.toMatchObject({ code: 'storage/failed' });
        expect(ids(await store.openAnomalies())).toEqual(['a']);
        expect((await store.dueNotifications('pager', DAY, 10)).items).toEqual([]);
        expect(await store.detectorStates('c')).toEqual([]);
        await save(store, second, anomaly(hpaId, 'a', { state: 'resolved', endedAt: 100_000 }), anomaly(other, 'x'));
        expect(ids(await store.openAnomalies())).toEqual(['x', 'b']);
        await save(store, anomaly(hpaId, 'm', { kind: 'maxed_out' }));
        expect(await store.openAnomalies()).toHaveLength(3);
      }));

    test('what people said stays, whatever the detectors write', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        await save(store, anomaly(hpaId, 'a'));
        expect(await store.patchAnomaly('a', { acknowledgedAt: 7 })).toMatchObject({
          acknowledgedAt: 7,
          excluded: false,
        });
        expect(await store.patchAnomaly('a', { excluded: true })).toMatchObject({ acknowledgedAt: 7, excluded: true });
        await save(store, anomaly(hpaId, 'a', { severity: 'critical' }));
        expect(await store.findAnomaly('a')).toMatchObject({
          severity: 'critical',
          acknowledgedAt: 7,
          excluded: true,
        });
        await store.patchAnomaly('a', { acknowledgedAt: null });
        await save(store, anomaly(hpaId, 'a', { acknowledgedAt: 7 }));
        expect(await store.findAnomaly('a')).toMatchObject({ acknowledgedAt: null });
        expect(await store.patchAnomaly('x', { excluded: true })).toBeNull();
      }));

    test('an HPA that is stopped ends its anomalies, one that is purged takes them along, and neither gets new ones', () =>
      withStore(async (store) => {
        const [stopped = 0, purged = 0] = await enrolMany(store, 2);
        await save(store, anomaly(stopped, 'a'), anomaly(purged, 'b'));
        await save(store, anomaly(stopped, 'p', { kind: 'maxed_out', state: 'pending', firedAt: null }));
        await store.removeHpa(stopped, { purge: false });
        await store.removeHpa(purged, { purge: true });
        expect((await list(store)).items).toEqual([anomaly(stopped, 'a', { state: 'resolved', endedAt: 240_000 })]);
        await save(store, anomaly(stopped, 'a2'), anomaly(purged, 'b2'));
        expect(await store.openAnomalies()).toEqual([]);
      }));

    test('of many that are written while their HPA is stopped none stays open', () =>
      withStore(async (store) => {
        const hpas = await enrolMany(store, 10);
        await Promise.all(
          hpas.flatMap((hpaId, i) => [
            save(store, anomaly(hpaId, `a${i}`)),
            store.removeHpa(hpaId, { purge: i % 2 === 0 }),
            save(store, anomaly(hpaId, `m${i}`, { kind: 'maxed_out' })),
          ]),
        );
        const keys = hpas.map((_, i) => ({ cluster: 'c', namespace: 'n', hpa: `h${i}` }));
        await store.enrol(keys, 1);
        expect(await store.openAnomalies()).toEqual([]);
      }));

    test('firing ones are counted by cluster and severity', () =>
      withStore(async (store) => {
        const [one = 0, two = 0] = await enrolMany(store, 2);
        const [other = 0] = await enrolOther(store, 'n');
        await save(
          store,
          anomaly(one, 'a'),
          anomaly(two, 'b'),
          anomaly(two, 'c', { kind: 'maxed_out', severity: 'critical' }),
          anomaly(other, 'd'),
          anomaly(other, 'p', { kind: 'maxed_out', state: 'pending', firedAt: null }),
          anomaly(one, 'r', { kind: 'oscillation', state: 'resolved' }),
        );
        expect(await store.anomalyCounts()).toEqual([
          { cluster: 'c', severity: 'critical', count: 1 },
          { cluster: 'c', severity: 'warning', count: 2 },
          { cluster: 'd', severity: 'warning', count: 1 },
        ]);
      }));

    test('the list can be narrowed to whatever a person asks for', () =>
      withStore(async (store) => {
        const [one = 0, two = 0] = await enrolMany(store, 2);
        const [other = 0] = await enrolOther(store, 'm');
        await save(
          store,
          anomaly(one, 'a', { startedAt: 100, endedAt: 200, state: 'resolved' }),
          anomaly(one, 'b', { startedAt: 300 }),
          anomaly(two, 'c', { startedAt: 300, state: 'pending', firedAt: null }),
          anomaly(other, 'd', { startedAt: 400, kind: 'maxed_out', severity: 'critical' }),
        );
        const wanted: [Partial<AnomalyFilter>, string[]][] = [
          [{}, ['d', 'c', 'b', 'a']],
          [{ state: 'firing' }, ['d', 'b']],
          [{ state: ['firing', 'resolved'] }, ['d', 'b', 'a']],
          [{ state: [] }, []],
          [{ severity: ['info', 'critical'] }, ['d']],
          [{ kind: 'maxed_out' }, ['d']],
          [{ cluster: 'c' }, ['c', 'b', 'a']],
          [{ cluster: 'c', namespace: 'other' }, []],
          [{ hpa: 'h1' }, ['c']],
          [{ from: 150, to: 190 }, ['a']],
          [{ from: 201, to: 299 }, []],
          [{ from: 200, to: 300 }, ['c', 'b', 'a']],
          [{ from: 1_000 }, ['d', 'c', 'b']],
        ];
        for (const [filter, found] of wanted) {
          const { items, total, next } = await list(store, filter);
          const answer = { filter, found: ids(items), total, next };
          expect(answer).toEqual({ filter, found, total: found.length, next: null });
        }
      }));

    test('pages of any size join to the whole list, also where many begin at one time', () =>
      withStore(async (store) => {
        const hpas = await enrolMany(store, 12);
        // Upper case before lower case, whatever the language of the server.
        const name = (i: number) => `${i % 2 === 0 ? 'a' : 'B'}${i}`;
        await save(
          store,
          ...hpas.map((hpaId, i) => anomaly(hpaId, name(i), { startedAt: Math.floor(i / 5) * MINUTE })),
        );
        const whole = ids((await list(store)).items);
        expect(whole).toEqual(['a10', 'B11', 'a8', 'a6', 'B9', 'B7', 'B5', 'a4', 'a2', 'a0', 'B3', 'B1']);
        await fc.assert(
          fc.asyncProperty(fc.integer({ min: 1, max: 13 }), async (limit) => {
            const seen: string[] = [];
            let cursor: string | undefined;
            do {
              const page = await list(store, { limit, ...(cursor === undefined ? {} : { cursor }) });
              seen.push(...ids(page.items));
              cursor = page.next ?? undefined;
            } while (cursor !== undefined);
            expect(seen).toEqual(whole);
          }),
          { numRuns: 15 },
        );
      }));

    test('a cursor that the list did not give is refused', () =>
      withStore(async (store) => {
        for (const cursor of ['', 'x', 'bm8', Buffer.from('["a",1]').toString('base64url')])
          await expect(list(store, { cursor })).rejects.toMatchObject({ code: 'request/invalid' });
      }));

    test('what ended before the total retention goes, whatever is open stays', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const policy = { minutesMs: 7 * DAY, totalMs: 30 * DAY };
        const ended = Array.from({ length: 450 }, (_, i) =>
          anomaly(hpaId, `old${i}`, { startedAt: i, state: 'resolved', endedAt: 69 * DAY }),
        );
        const kept = anomaly(hpaId, 'kept', { state: 'resolved', endedAt: 71 * DAY });
        await save(store, ...ended, kept, anomaly(hpaId, 'open'));
        await store.addExclusion(hpaId, 0, DAY);
        await store.addExclusion(hpaId, 69 * DAY, 71 * DAY);
        await store.enqueueNotifications([draft('log', { subject: 'open' }), draft('log', { subject: 'old1' })]);
        const end = draft('log', { subject: 'old1', event: 'resolved' }, { decidedAt: 2_000 });
        await store.enqueueNotifications([end]);
        for (let round = 0; round < 2; round += 1)
          for (const { id } of (await store.dueNotifications('log', NOW, 10)).items)
            await store.settleNotification(id, { kind: 'sent' });
        await retainAll(store, policy, NOW);
        expect(ids((await list(store)).items).sort()).toEqual(['kept', 'open']);
        expect(await store.exclusionsOf(hpaId)).toEqual([{ from: 69 * DAY, to: 71 * DAY }]);
        expect((await store.notificationMarks('c', 0)).map(({ message }) => message.subject)).toEqual(['open']);
      }));
  },
);
