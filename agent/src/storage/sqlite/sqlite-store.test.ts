import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { MINUTE } from '../../core/clock.ts';
import { withTempDirectory } from './database.fixture.ts';
import { sample } from '../sample.fixture.ts';
import { MIGRATIONS } from './schema.ts';
import { openSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
import type { SampleBatch, Store } from '../store.ts';

const START = Date.UTC(2026, 0, 5, 12);
const KEY = { cluster: 'a', namespace: 'b', hpa: 'c' };

const withStore = (
  run: (store: Store, path: string) => Promise<void>,
  options: Partial<SqliteStoreOptions> = {},
): Promise<void> =>
  withTempDirectory(async (directory) => {
    const path = join(directory, 'data', 'test.db');
    const store = await openSqliteStore({ path, now: () => START, ...options });
    try {
      await run(store, path);
    } finally {
      await store.close();
    }
  });

const minutes = (hpaId: number, from: number, count: number): SampleBatch => ({
  now: START,
  isBaseline: false,
  samples: [
    {
      hpaId,
      samples: Array.from({ length: count }, (_, i) => sample(START + (from + i) * MINUTE, { cpuCurrent: i / 7 })),
    },
  ],
});
const enrol = async (store: Store): Promise<number> => (await store.enrol([KEY], START))[0]?.hpa.id ?? 0;

test('the file is for its owner only, and so is the directory made for it', () =>
  withStore(async (store, path) => {
    await enrol(store);
    const modes = [join(path, '..'), path, `${path}-wal`].map((file) => statSync(file).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600, 0o600]);
  }));

test('what was written is there after closing and opening again', () =>
  withTempDirectory(async (directory) => {
    const options = { path: join(directory, 'test.db'), now: () => START };
    const first = await openSqliteStore(options);
    const id = await enrol(first);
    await first.saveCluster({ name: 'a', definition: { context: 'a-admin' }, lane: 1, place: 0, createdAt: 5 });
    await first.saveCluster({ name: 'z', definition: null, lane: null, place: null, createdAt: 4 });
    await first.writeSamples(minutes(id, 0, 3));
    await first.close();
    const second = await openSqliteStore(options);
    expect(await second.findHpa(KEY)).toMatchObject({ id });
    expect(await second.listClusters()).toEqual([
      { name: 'z', definition: null, lane: null, place: null, createdAt: 4 },
      { name: 'a', definition: { context: 'a-admin' }, lane: 1, place: 0, createdAt: 5 },
    ]);
    await second.removeCluster('z');
    expect(await second.listClusters()).toHaveLength(1);
    expect(await second.readSeries(id, { from: START, to: START + MINUTE })).toHaveLength(2);
    expect(await second.check()).toEqual([]);
    await second.close();
  }));

test('calls are done in the order they were made, the last ones before the closing', () =>
  withStore(async (store) => {
    const id = await enrol(store);
    const writes = Array.from({ length: 20 }, (_, i) => store.writeSamples(minutes(id, i, 1)));
    const counted = store.counts();
    const [closed, again] = [store.close(), store.close()];
    expect(await Promise.all(writes)).toEqual(writes.map(() => ({ rows: 1 })));
    expect(await counted).toMatchObject({ total: 20, baseline: 0, monitoring: 20, oldest: START, exact: true });
    await Promise.all([closed, again]);
    await expect(store.counts()).rejects.toMatchObject({ code: 'storage/closed' });
  }));

test('series of several HPAs come by id, in steps the last row of each, at most the limit', () =>
  withStore(async (store) => {
    const id = await enrol(store);
    await store.writeSamples(minutes(id, 1, 12));
    const query = { from: START, to: START + 60 * MINUTE, stepMs: 5 * MINUTE };
    const series = await store.readSeriesOf([id, 99], query);
    const times = (series.get(id) ?? []).map(({ ts }) => (ts - START) / MINUTE);
    expect(times).toEqual([4, 9, 12]);
    expect(series.get(99)).toEqual([]);
    const first = await store.readSeries(id, { from: START, to: START + 60 * MINUTE, limit: 2 });
    expect(first.map(({ ts }) => (ts - START) / MINUTE)).toEqual([1, 2]);
  }));

test('points are counted per column, on the step of the window only', () =>
  withStore(async (store) => {
    const id = await enrol(store);
    const samples = [
      sample(START, { cpuCurrent: 0, cpuTarget: 70 }),
      sample(START + MINUTE, { cpuCurrent: 1, cpuTarget: 70 }),
      sample(START + 5 * MINUTE, { replicasCurrent: 2, cpuTarget: 70 }),
      sample(START + 15 * MINUTE, { cpuCurrent: 2 }),
    ];
    await store.writeSamples({ now: START, isBaseline: true, samples: [{ hpaId: id, samples }] });
    const counts = await store.countPoints(id, { start: START, end: START + 10 * MINUTE, stepMs: 5 * MINUTE });
    expect(counts).toMatchObject({ cpuCurrent: 1, replicasCurrent: 1, cpuTarget: 2, memoryCurrent: 0, pressure: 0 });
  }));

test('the view shows the flat table people query by hand', () =>
  withStore(async (store, path) => {
    const id = await enrol(store);
    const values = { cpuCurrent: 61.5, replicasCurrent: 3, cpuTarget: 70, replicasMin: 2, replicasMax: 9 };
    const samples = [sample(START, values), sample(START + MINUTE, { memoryCurrent: 512, memoryTarget: 80 })];
    await store.writeSamples({ now: START + 95_000, isBaseline: true, samples: [{ hpaId: id, samples }] });
    const reader = new Sqlite(path, { readonly: true });
    const rows = reader.prepare('SELECT * FROM hpa_snapshots ORDER BY timestamp').all();
    reader.close();
    const common = { cluster: 'a', namespace: 'b', hpa_name: 'c', is_baseline: 1, created_at: '2026-01-05T12:01:35Z' };
    expect(rows).toEqual([
      {
        ...common,
        timestamp: '2026-01-05T12:00:00Z',
        cpu_current: 61.5,
        memory_current: null,
        replicas_current: 3,
        cpu_target: 70,
        memory_target: null,
        replicas_min: 2,
        replicas_max: 9,
      },
      {
        ...common,
        timestamp: '2026-01-05T12:01:00Z',
        cpu_current: null,
        memory_current: 512,
        replicas_current: null,
        cpu_target: null,
        memory_target: 80,
        replicas_min: null,
        replicas_max: null,
      },
    ]);
  }));

test('a database of a newer version is refused with a sentence and left as it is', () =>
  withTempDirectory(async (directory) => {
    const path = join(directory, 'test.db');
    const newer = MIGRATIONS.length + 1;
    const db = new Sqlite(path);
    db.pragma(`user_version = ${newer}`);
    db.close();
    await expect(openSqliteStore({ path, now: () => START })).rejects.toMatchObject({
      code: 'storage/newer-schema',
      message: expect.stringContaining(`has schema ${newer}, and this version of HPA Watch knows ${MIGRATIONS.length}`),
    });
    const after = new Sqlite(path);
    expect(after.prepare('SELECT COUNT(*) AS tables FROM sqlite_master').get()).toEqual({ tables: 0 });
    after.close();
  }));

test('a file that is no database is refused as damaged', () =>
  withTempDirectory(async (directory) => {
    const path = join(directory, 'test.db');
    writeFileSync(path, 'no database at all, but long enough to look at'.repeat(100));
    await expect(openSqliteStore({ path, now: () => START })).rejects.toMatchObject({ code: 'storage/corrupt' });
  }));

test('a file damaged later is found by the check, and reads of it say so', () =>
  withTempDirectory(async (directory) => {
    const path = join(directory, 'test.db');
    const options = { path, now: () => START };
    const first = await openSqliteStore(options);
    const id = await enrol(first);
    await first.writeSamples(minutes(id, 0, 5_000));
    await first.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, bytes.length / 2, bytes.length - 4_096));
    const second = await openSqliteStore(options);
    expect(await second.check()).not.toEqual([]);
    const reading = second.readSeries(id, { from: 0, to: START * 2 });
    await expect(reading).rejects.toMatchObject({ code: 'storage/corrupt', retryable: false });
    await second.close();
  }));

test('a path that cannot be made fails with the path', () =>
  withTempDirectory(async (directory) => {
    writeFileSync(join(directory, 'file'), '');
    const path = join(directory, 'file', 'test.db');
    await expect(openSqliteStore({ path, now: () => START })).rejects.toMatchObject({
      code: 'storage/failed',
      message: expect.stringContaining(path),
    });
  }));

test('a full disk rejects the write whole, and the store works on', () =>
  withStore(
    async (store) => {
      const id = await enrol(store);
      await store.writeSamples(minutes(id, 0, 10));
      await expect(store.writeSamples(minutes(id, 10, 5_000))).rejects.toMatchObject({
        code: 'storage/full',
        retryable: true,
      });
      expect(await store.counts()).toMatchObject({ total: 10 });
      await store.writeSamples(minutes(id, 10, 1));
      expect(await store.readSeries(id, { from: 0, to: START * 2 })).toHaveLength(11);
    },
    { maxBytes: 192 * 1024 },
  ));

test('another writer is waited for, and when it holds on too long the call is busy', () =>
  withStore(
    async (store, path) => {
      const id = await enrol(store);
      const other = new Sqlite(path);
      other.exec('BEGIN IMMEDIATE');
      await expect(store.writeSamples(minutes(id, 0, 1))).rejects.toMatchObject({
        code: 'storage/busy',
        retryable: true,
      });
      other.exec('COMMIT');
      other.close();
      expect(await store.writeSamples(minutes(id, 0, 1))).toEqual({ rows: 1 });
    },
    { busyTimeoutMs: 20 },
  ));
