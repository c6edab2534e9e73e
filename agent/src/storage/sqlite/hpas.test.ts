import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { QUEUED_BASELINE, type BaselineStatus } from '../../domain/baseline.ts';
import type { HpaKey } from '../../domain/hpa.ts';
import type { Database } from './database.ts';
import { packed, withDatabase } from './database.fixture.ts';
import { sample } from '../sample.fixture.ts';
import { encodeCursor } from '../list-cursor.ts';
import { unpackSamples } from '../packed.ts';
import type { HpaFilter } from '../store.ts';

const key = (path: string): HpaKey => {
  const [cluster = '', namespace = '', hpa = ''] = path.split('/');
  return { cluster, namespace, hpa };
};
const enrolPaths = (database: Database, paths: string[]) => database.enrol(paths.map(key), 1_000);
const namesOf = (hpas: HpaKey[]) => hpas.map(({ cluster, namespace, hpa }) => `${cluster}/${namespace}/${hpa}`);
const list = (database: Database, filter: Partial<HpaFilter>) => database.listHpas({ limit: 100, ...filter });

test('enrolling twice creates once, in the order asked', () =>
  withDatabase((database) => {
    enrolPaths(database, ['a/x/two']);
    const answers = enrolPaths(database, ['a/x/three', 'a/x/two', 'a/x/three']);
    expect(answers.map(({ created }) => created)).toEqual([true, false, false]);
    expect(namesOf(answers.map(({ hpa }) => hpa))).toEqual(['a/x/three', 'a/x/two', 'a/x/three']);
    expect(answers[0]?.hpa).toMatchObject({ active: true, enrolledAt: 1_000, metrics: [], baseline: QUEUED_BASELINE });
  }));

test('a stopped HPA is not found, and comes back with its history and its baseline', () =>
  withDatabase((database) => {
    const id = enrolPaths(database, ['a/x/one'])[0]?.hpa.id ?? 0;
    const ready: BaselineStatus = { ...QUEUED_BASELINE, state: 'ready', readyAt: 5, columns: { cpuCurrent: 99.5 } };
    database.writeSamples(packed(id, [sample(60_000, { cpuCurrent: 1 })]));
    database.saveBaseline([{ hpaId: id, status: ready }]);
    database.removeHpa(id, { purge: false });
    expect(database.findHpa(key('a/x/one'))).toBeNull();
    expect(database.hpasOfCluster('a')).toEqual([]);
    expect(list(database, {})).toMatchObject({ items: [], total: 0 });
    expect(() => database.patchHpa(id, { active: false })).toThrow(
      expect.objectContaining({ code: 'hpa/not-enrolled' }),
    );

    const again = database.enrol([key('a/x/one')], 2_000)[0];
    expect(again).toMatchObject({ created: true, hpa: { id, enrolledAt: 2_000, active: true, baseline: ready } });
    expect(database.readSeries(id, { from: 0, to: 1e12 })).not.toHaveLength(0);
  }));

test('a purged HPA takes everything with it, and its id is never given again', () =>
  withDatabase((database) => {
    const id = enrolPaths(database, ['a/x/one'])[0]?.hpa.id ?? 0;
    const gap = { hpaId: id, from: 60_000, to: 60_000 };
    database.writeSamples(packed(id, [sample(0, { cpuTarget: 1 })], { isBaseline: true, openGaps: [gap] }));
    database.removeHpa(id, { purge: true });
    expect(database.counts()).toMatchObject({ total: 0, baseline: 0, oldest: null });
    expect(database.openGaps('a')).toEqual([]);
    const again = enrolPaths(database, ['a/x/one'])[0];
    expect(again?.hpa.id).toBeGreaterThan(id);
    expect(database.readSeries(again?.hpa.id ?? 0, { from: 0, to: 1e12 })).toHaveLength(0);
  }));

test('a patch changes what it names and nothing else', () =>
  withDatabase((database) => {
    const id = enrolPaths(database, ['a/x/one'])[0]?.hpa.id ?? 0;
    database.patchHpa(id, { timezone: 'Europe/Berlin', mutedUntil: 7 });
    expect(database.patchHpa(id, { active: false })).toMatchObject({
      active: false,
      timezone: 'Europe/Berlin',
      mutedUntil: 7,
    });
    expect(database.patchHpa(id, { mutedUntil: null })).toMatchObject({ active: false, mutedUntil: null });
  }));

test('what discovery saw is kept for enrolled HPAs; what it does not mention stays', () =>
  withDatabase((database) => {
    enrolPaths(database, ['a/x/one', 'b/x/one']);
    const target = { kind: 'Deployment', name: 'api' };
    const metrics = [{ name: 'cpu', type: 'utilization' as const, container: null, target: 70 }];
    database.saveDiscovered('a', [
      { namespace: 'x', hpa: 'one', target, metrics, seenAt: 9, goneSince: null },
      { namespace: 'x', hpa: 'unknown', target },
    ]);
    database.saveDiscovered('a', [{ namespace: 'x', hpa: 'one', goneSince: 12 }]);
    expect(database.findHpa(key('a/x/one'))).toMatchObject({ target, metrics, seenAt: 9, goneSince: 12 });
    expect(database.findHpa(key('b/x/one'))).toMatchObject({ target: null, metrics: [], seenAt: null });
    expect(database.findHpa(key('a/x/unknown'))).toBeNull();
  }));

test('due are new, queued, running, and partial or failed whose time has come', () =>
  withDatabase((database) => {
    const cases: [string, Partial<BaselineStatus>][] = [
      ['a/x/failed-later', { state: 'failed', nextAttemptAt: 11 }],
      ['a/x/failed-now', { state: 'failed', nextAttemptAt: 10 }],
      ['a/x/new', {}],
      ['a/x/partial-now', { state: 'partial', nextAttemptAt: 9 }],
      ['a/x/partial-without-time', { state: 'partial' }],
      ['a/x/paused', { state: 'queued' }],
      ['a/x/queued', { state: 'queued' }],
      ['a/x/ready', { state: 'ready', nextAttemptAt: 1 }],
      ['a/x/running', { state: 'running' }],
      ['b/x/queued', { state: 'queued' }],
    ];
    const hpas = enrolPaths(
      database,
      cases.map(([path]) => path),
    ).map(({ hpa }) => hpa);
    database.saveBaseline(hpas.map(({ id }, i) => ({ hpaId: id, status: { ...QUEUED_BASELINE, ...cases[i]?.[1] } })));
    database.patchHpa(hpas[5]?.id ?? 0, { active: false });
    const due = namesOf(database.dueBackfills('a', 10));
    expect(due).toEqual(['a/x/failed-now', 'a/x/new', 'a/x/partial-now', 'a/x/queued', 'a/x/running']);
    expect(database.countByCluster()).toEqual([
      { cluster: 'a', hpas: 9, ready: 1 },
      { cluster: 'b', hpas: 1, ready: 0 },
    ]);
  }));

test.each<[string, Partial<HpaFilter>, string[]]>([
  ['everything, in order', {}, ['a/x/api', 'a/x/api-gateway', 'a/y/a_pi', 'b/x/Web%']],
  ['a cluster', { cluster: 'a' }, ['a/x/api', 'a/x/api-gateway', 'a/y/a_pi']],
  ['a namespace', { namespace: 'y' }, ['a/y/a_pi']],
  ['part of a name, any case', { q: 'GATE' }, ['a/x/api-gateway']],
  ['part of namespace/hpa', { q: 'x/a' }, ['a/x/api', 'a/x/api-gateway']],
  ['a percent sign as itself', { q: '%' }, ['b/x/Web%']],
  ['an underscore as itself', { q: 'a_p' }, ['a/y/a_pi']],
  ['a backslash as itself', { q: '\\' }, []],
  ['paused ones', { state: 'paused' }, ['a/x/api']],
  ['gone ones', { state: 'gone' }, ['b/x/Web%']],
  ['ready ones', { state: 'ready' }, ['a/y/a_pi']],
  ['queued, of a cluster', { state: 'queued', cluster: 'b' }, ['b/x/Web%']],
])('the list can be narrowed to %s', (_, filter, wanted) =>
  withDatabase((database) => {
    const hpas = enrolPaths(database, ['b/x/Web%', 'a/y/a_pi', 'a/x/api-gateway', 'a/x/api']).map(({ hpa }) => hpa);
    database.patchHpa(hpas[3]?.id ?? 0, { active: false });
    database.saveDiscovered('b', [{ namespace: 'x', hpa: 'Web%', goneSince: 1 }]);
    database.saveBaseline([{ hpaId: hpas[1]?.id ?? 0, status: { ...QUEUED_BASELINE, state: 'ready' } }]);
    const { items, total, next } = list(database, filter);
    expect(namesOf(items)).toEqual(wanted);
    expect({ total, next }).toEqual({ total: wanted.length, next: null });
  }),
);

test('pages of any size join to the whole list, and rows carry their latest sample', () =>
  withDatabase((database) => {
    const paths = ['a', 'b', 'c'].flatMap((c) =>
      ['x', 'y'].flatMap((n) => ['1', '2', '3'].map((h) => `${c}/${n}/${h}`)),
    );
    const { id } = enrolPaths(database, paths)[4]?.hpa ?? { id: 0 };
    const rows = [sample(1, { cpuCurrent: 1, cpuTarget: 70 }), sample(2, { cpuCurrent: 2, cpuTarget: 80 })];
    database.writeSamples(packed(id, rows));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (limit) => {
        const names: string[] = [];
        let cursor: string | undefined;
        do {
          const page = database.listHpas({ limit, ...(cursor === undefined ? {} : { cursor }) });
          expect(page.total).toBe(paths.length);
          const latest = page.items.map(
            (hpa, i) => [hpa.id, unpackSamples(page.latest[i] ?? new Float64Array())] as const,
          );
          for (const [hpaId, newest] of latest) expect(newest).toEqual(hpaId === id ? [rows[1]] : []);
          names.push(...namesOf(page.items));
          cursor = page.next ?? undefined;
        } while (cursor !== undefined);
        expect(names).toEqual(paths);
      }),
    );
  }));

test.each(['', 'x', 'bm8', Buffer.from('["a","b"]').toString('base64url'), `${encodeCursor(key('a/b/c'))}=`])(
  'the cursor %j is refused',
  (cursor) =>
    withDatabase((database) => {
      expect(() => list(database, { cursor })).toThrow(expect.objectContaining({ code: 'request/invalid' }));
    }),
);
