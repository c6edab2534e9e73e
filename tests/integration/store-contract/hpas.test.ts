import { expect, test } from '@jest/globals';
import { MINUTE } from '../../../agent/src/core/clock.ts';
import { QUEUED_BASELINE, type BaselineStatus } from '../../../agent/src/domain/baseline.ts';
import { encodeCursor } from '../../../agent/src/storage/list-cursor.ts';
import { sample } from '../../../agent/src/storage/sample.fixture.ts';
import type { HpaFilter, SampleStore } from '../../../agent/src/storage/store.ts';
import { ALL, batch, key, namesOf } from './batches.ts';
import { describeStores } from './stores.ts';

const START = Date.UTC(2026, 0, 5, 12);
const enrolPaths = (store: Pick<SampleStore, 'enrol'>, paths: string[]) => store.enrol(paths.map(key), 1_000);
const idOf = async (store: Pick<SampleStore, 'enrol'>, path: string) =>
  (await enrolPaths(store, [path]))[0]?.hpa.id ?? 0;

describeStores(
  () => START,
  (withStore) => {
    test('clusters come oldest first, and are replaced and removed by name', () =>
      withStore(async (store, { reopen }) => {
        await store.saveCluster({ name: 'a', definition: { context: 'a-admin' }, lane: 0, place: 9, createdAt: 5 });
        await store.saveCluster({ name: 'z', definition: null, lane: null, place: null, createdAt: 4 });
        await store.saveCluster({ name: 'a', definition: { context: 'a-admin' }, lane: 1, place: 0, createdAt: 5 });
        const again = await reopen();
        expect(await again.listClusters()).toEqual([
          { name: 'z', definition: null, lane: null, place: null, createdAt: 4 },
          { name: 'a', definition: { context: 'a-admin' }, lane: 1, place: 0, createdAt: 5 },
        ]);
        await again.removeCluster('z');
        await again.removeCluster('never');
        expect((await store.listClusters()).map(({ name }) => name)).toEqual(['a']);
        await again.close();
      }));

    test('enrolling twice creates once, in the order asked', () =>
      withStore(async (store) => {
        await enrolPaths(store, ['a/x/two']);
        const answers = await enrolPaths(store, ['a/x/three', 'a/x/two', 'a/x/three']);
        expect(answers.map(({ created }) => created)).toEqual([true, false, false]);
        expect(namesOf(answers.map(({ hpa }) => hpa))).toEqual(['a/x/three', 'a/x/two', 'a/x/three']);
        expect(answers[0]?.hpa).toEqual({
          ...{ ...key('a/x/three'), id: expect.any(Number), active: true, enrolledAt: 1_000, metrics: [] },
          ...{ timezone: null, mutedUntil: null, normalSince: null, target: null, seenAt: null, goneSince: null },
          ...{ lastScanAt: null, scannedUntil: null, baseline: QUEUED_BASELINE },
        });
        expect(await store.enrol([], 1_000)).toEqual([]);
      }));

    test('of many who enrol the same at once each HPA is created for one of them', () =>
      withStore(async (store) => {
        const paths = ['a/x/1', 'a/x/2', 'b/x/1'];
        const answers = await Promise.all(Array.from({ length: 5 }, () => enrolPaths(store, paths)));
        const created = answers.flat().filter((answer) => answer.created);
        expect(namesOf(created.map(({ hpa }) => hpa)).sort()).toEqual(paths);
        expect(new Set(answers.flat().map(({ hpa }) => hpa.id)).size).toBe(3);
      }));

    test('a stopped HPA is not found, and comes back with its history and its baseline', () =>
      withStore(async (store) => {
        const id = await idOf(store, 'a/x/one');
        const ready: BaselineStatus = { ...QUEUED_BASELINE, state: 'ready', readyAt: 5, columns: { cpuCurrent: 99.5 } };
        await store.writeSamples(batch(id, [sample(START, { cpuCurrent: 1 })]));
        await store.saveBaseline([{ hpaId: id, status: ready }]);
        await store.saveDiscovered('a', [{ namespace: 'x', hpa: 'one', goneSince: 3 }]);
        await store.removeHpa(id, { purge: false });
        expect(await store.findHpa(key('a/x/one'))).toBeNull();
        expect(await store.hpasOfCluster('a')).toEqual([]);
        expect(await store.listHpas({ limit: 100 })).toMatchObject({ items: [], total: 0 });
        expect(await store.countByCluster()).toEqual([]);
        await expect(store.patchHpa(id, { active: false })).rejects.toMatchObject({ code: 'hpa/not-enrolled' });

        const [again] = await store.enrol([key('a/x/one')], 2_000);
        expect(again).toMatchObject({
          created: true,
          hpa: { id, enrolledAt: 2_000, active: true, goneSince: null, baseline: ready },
        });
        expect(await store.readSeries(id, ALL)).toHaveLength(1);
      }));

    test('a purged HPA takes everything with it, and its id is never given again', () =>
      withStore(async (store) => {
        const id = await idOf(store, 'a/x/one');
        const gap = { hpaId: id, from: START, to: START };
        const rows = [sample(START, { cpuTarget: 1 }), sample(START - 3 * 24 * 60 * MINUTE, { cpuTarget: 1 })];
        const revisions = [{ hpaId: id, seen: [{ at: START, revisions: ['a'] }] }];
        await store.writeSamples(batch(id, rows, { isBaseline: true, openGaps: [gap], revisions }));
        await store.removeHpa(id, { purge: true });
        expect(await store.counts()).toMatchObject({ total: 0, baseline: 0, monitoring: 0, oldest: null });
        expect(await store.openGaps('a')).toEqual([]);
        const again = await idOf(store, 'a/x/one');
        expect(again).toBeGreaterThan(id);
        expect(await store.readSeries(again, ALL)).toEqual([]);
        expect(await store.changesOf(again, ALL)).toEqual([]);
      }));

    test('a patch changes what it names and nothing else, also when two come at once', () =>
      withStore(async (store) => {
        const id = await idOf(store, 'a/x/one');
        await Promise.all([
          store.patchHpa(id, { timezone: 'Europe/Berlin', mutedUntil: 7 }),
          store.patchHpa(id, { active: false }),
        ]);
        const paused = { active: false, timezone: 'Europe/Berlin', mutedUntil: 7 };
        expect(await store.findHpa(key('a/x/one'))).toMatchObject(paused);
        expect(await store.patchHpa(id, { mutedUntil: null })).toMatchObject({ ...paused, mutedUntil: null });
      }));

    test('what discovery saw is kept for enrolled HPAs; what it does not mention stays', () =>
      withStore(async (store) => {
        await enrolPaths(store, ['a/x/one', 'b/x/one']);
        const target = { kind: 'Deployment', name: 'api' };
        const metrics = [{ name: 'cpu\0', type: 'utilization' as const, container: null, target: 70 }];
        await store.saveDiscovered('a', [
          { namespace: 'x', hpa: 'one', target, metrics, seenAt: 9, goneSince: null },
          { namespace: 'x', hpa: 'unknown', target },
        ]);
        await store.saveDiscovered('a', [{ namespace: 'x', hpa: 'one', goneSince: 12 }]);
        expect(await store.findHpa(key('a/x/one'))).toMatchObject({ target, metrics, seenAt: 9, goneSince: 12 });
        expect(await store.findHpa(key('b/x/one'))).toMatchObject({ target: null, metrics: [], seenAt: null });
        expect(await store.findHpa(key('a/x/unknown'))).toBeNull();
        await store.saveDiscovered('a', [{ namespace: 'x', hpa: 'one', target: null, goneSince: null }]);
        expect(await store.findHpa(key('a/x/one'))).toMatchObject({ target: null, metrics, goneSince: null });
      }));

    test('due are new, queued, running, and partial or failed whose time has come', () =>
      withStore(async (store) => {
        const cases: [string, Partial<BaselineStatus>][] = [
          ['a/x/failed-later', { state: 'failed', nextAttemptAt: 11 }],
          ['a/x/failed-now', { state: 'failed', nextAttemptAt: 10, reason: 'no answer\0' }],
          ['a/x/new', {}],
          ['a/x/partial-now', { state: 'partial', nextAttemptAt: 9, progress: 12.5, coverage: 33.3, attempts: 2 }],
          ['a/x/partial-without-time', { state: 'partial' }],
          ['a/x/paused', { state: 'queued' }],
          ['a/x/queued', { state: 'queued' }],
          ['a/x/ready', { state: 'ready', nextAttemptAt: 1 }],
          ['a/x/running', { state: 'running', windowEnd: START }],
          ['b/x/queued', { state: 'queued' }],
        ];
        const enrolled = await enrolPaths(
          store,
          cases.map(([path]) => path),
        );
        const hpas = enrolled.map(({ hpa }) => hpa);
        const statuses = cases.map(([, status]) => ({ ...QUEUED_BASELINE, ...status }));
        await store.saveBaseline(hpas.map(({ id }, i) => ({ hpaId: id, status: statuses[i] ?? QUEUED_BASELINE })));
        await store.patchHpa(hpas[5]?.id ?? 0, { active: false });
        const due = await store.dueBackfills('a', 10);
        expect(namesOf(due)).toEqual(['a/x/failed-now', 'a/x/new', 'a/x/partial-now', 'a/x/queued', 'a/x/running']);
        expect(due[2]?.baseline).toEqual(statuses[3]);
        expect(due[4]?.baseline).toEqual(statuses[8]);
        expect(await store.countByCluster()).toEqual([
          { cluster: 'a', hpas: 9, ready: 1 },
          { cluster: 'b', hpas: 1, ready: 0 },
        ]);
      }));

    test('the list can be narrowed', () =>
      withStore(async (store) => {
        const hpas = await enrolPaths(store, ['b/x/Web%', 'a/y/a_pi', 'a/x/api-gateway', 'a/x/api', 'B/x/api']);
        await store.patchHpa(hpas[3]?.hpa.id ?? 0, { active: false });
        await store.saveDiscovered('b', [{ namespace: 'x', hpa: 'Web%', goneSince: 1 }]);
        const ready = { ...QUEUED_BASELINE, state: 'ready' as const };
        await store.saveBaseline([{ hpaId: hpas[1]?.hpa.id ?? 0, status: ready }]);
        const cases: [Partial<HpaFilter>, string[]][] = [
          // By their bytes: capital letters first, whatever the language of the server.
          [{}, ['B/x/api', 'a/x/api', 'a/x/api-gateway', 'a/y/a_pi', 'b/x/Web%']],
          [{ cluster: 'a' }, ['a/x/api', 'a/x/api-gateway', 'a/y/a_pi']],
          [{ namespace: 'y' }, ['a/y/a_pi']],
          [{ q: 'GATE' }, ['a/x/api-gateway']],
          [{ q: 'x/a', cluster: 'a' }, ['a/x/api', 'a/x/api-gateway']],
          [{ q: '%' }, ['b/x/Web%']],
          [{ q: 'a_p' }, ['a/y/a_pi']],
          [{ q: '\\' }, []],
          [{ cluster: "a' OR '1'='1" }, []],
          [{ state: 'paused' }, ['a/x/api']],
          [{ state: 'gone' }, ['b/x/Web%']],
          [{ state: 'ready' }, ['a/y/a_pi']],
          [{ state: 'queued', cluster: 'b' }, ['b/x/Web%']],
        ];
        for (const [filter, wanted] of cases) {
          const { items, total, next } = await store.listHpas({ limit: 100, ...filter });
          const answer = { filter, names: namesOf(items), total, next };
          expect(answer).toEqual({ filter, names: wanted, total: wanted.length, next: null });
        }
      }));

    test('pages of any size join to the whole list, and rows carry their latest sample', () =>
      withStore(async (store) => {
        const paths = ['a', 'b', 'c'].flatMap((c) =>
          ['x', 'y'].flatMap((n) => ['1', '2', '3'].map((h) => `${c}/${n}/${h}`)),
        );
        const id = (await enrolPaths(store, paths))[4]?.hpa.id ?? 0;
        const rows = [sample(START, { cpuTarget: 70 }), sample(START + MINUTE, { cpuCurrent: 2, cpuTarget: 80 })];
        await store.writeSamples(batch(id, rows));
        for (const limit of [1, 2, 3, 5, 7, 17, 18, 19]) {
          const names: string[] = [];
          let cursor: string | undefined;
          do {
            const page = await store.listHpas({ limit, ...(cursor === undefined ? {} : { cursor }) });
            expect(page.total).toBe(paths.length);
            for (const hpa of page.items) expect(hpa.latest).toEqual(hpa.id === id ? rows[1] : null);
            names.push(...namesOf(page.items));
            cursor = page.next ?? undefined;
          } while (cursor !== undefined);
          expect(names).toEqual(paths);
        }
      }));

    test('a cursor that no list gave is refused', () =>
      withStore(async (store) => {
        const pair = Buffer.from('["a","b"]').toString('base64url');
        for (const cursor of ['', 'x', 'bm8', pair, `${encodeCursor(key('a/b/c'))}=`])
          await expect(store.listHpas({ limit: 1, cursor })).rejects.toMatchObject({ code: 'request/invalid' });
      }));
  },
);
