import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MINUTE } from '../../agent/src/core/clock.ts';
import { AgentError } from '../../agent/src/core/errors.ts';
import { openDatabase, type DatabaseOptions } from '../../agent/src/storage/postgres/database.ts';
import { migrate } from '../../agent/src/storage/postgres/migrations.ts';
import { openPostgresStore, type PostgresStore } from '../../agent/src/storage/postgres/postgres-store.ts';
import { MIGRATIONS } from '../../agent/src/storage/postgres/schema.ts';
import { sample } from '../../agent/src/storage/sample.fixture.ts';
import { startPostgres, type RealPostgres } from '../rig/postgres.ts';
import { ALL, enrolMany } from './store-contract/batches.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const open = (url: string, rest: Partial<DatabaseOptions> = {}) => openPostgresStore({ url, now: () => NOW, ...rest });
const nameOf = (url: string) => new URL(url).pathname.slice(1);
const at = (minute: number): number => NOW + minute * MINUTE;

let server: RealPostgres;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.destroy());

/** A minute of these HPAs, with the two before it, as a scan reads them. */
const scan = (store: PostgresStore, ids: readonly number[], minute: number, cpu = minute) =>
  store.writeSamples({
    now: at(minute) + 20_000,
    isBaseline: false,
    samples: ids.map((hpaId) => ({
      hpaId,
      samples: [minute - 2, minute - 1, minute].map((m) => sample(at(m), { cpuCurrent: cpu === minute ? m : cpu })),
    })),
    cursors: ids.map((hpaId) => ({ hpaId, scannedUntil: at(minute) })),
  });
const cursors = async (store: PostgresStore) =>
  (await store.hpasOfCluster('c')).map(({ scannedUntil }) => scannedUntil && (scannedUntil - NOW) / MINUTE);
const valuesOf = async (store: PostgresStore, id: number) =>
  (await store.readSeries(id, ALL)).map(({ cpuCurrent }) => cpuCurrent);

test('a scan of HPAs that keep pace writes one row for all their cursors, and one of its own for each that does not', async () => {
  const url = await server.createDatabase();
  const store = await open(url);
  const ids = await enrolMany(store, 5);
  const versions = () =>
    server.query<{ hpa_id: string; xmin: string }>('SELECT hpa_id, xmin FROM scan_state ORDER BY hpa_id', nameOf(url));
  await scan(store, ids, 1);
  const before = await versions();
  for (const minute of [2, 3, 4]) await scan(store, ids, minute);
  expect(await versions()).toEqual(before);
  expect(await cursors(store)).toEqual([4, 4, 4, 4, 4]);
  await scan(store, ids.slice(1), 5);
  expect((await versions()).filter(({ xmin }, i) => xmin !== before[i]?.xmin)).toHaveLength(1);
  expect(await cursors(store)).toEqual([4, 5, 5, 5, 5]);
  await store.close();
});

test('a database of the version before keeps its cursors and rows, and goes on from them', async () => {
  const url = await server.createDatabase();
  const old = openDatabase({ url });
  await migrate(old, MIGRATIONS.slice(0, 3), { partitions: false }, NOW);
  await old.close();
  await server.query(
    `INSERT INTO hpa (id, cluster, namespace, name, enrolled, active, enrolled_at, metrics, baseline_state, baseline_progress,
       baseline_columns, baseline_attempts)
     SELECT i, 'c', 'n', 'h' || i, 1, 1, ${NOW}, '[]', 'queued', 0, '{}', 0 FROM generate_series(1, 3) i;
     INSERT INTO scan_state (hpa_id, scanned_until, last_scan_at, newest_ts, newest_before, writes)
     VALUES (1, ${at(3)}, ${at(3) + 20_000}, ${at(3)}, ${at(2)}, 3), (2, ${at(1)}, ${at(1) + 20_000}, ${at(1)}, NULL, 1),
       (3, NULL, NULL, NULL, NULL, 0);
     INSERT INTO sample (hpa_id, ts, created_at, cpu_current, is_baseline)
     VALUES (1, ${at(2)}, 0, 2, 0), (1, ${at(3)}, 0, 3, 0), (2, ${at(1)}, 0, 1, 0);
     INSERT INTO sample_day VALUES (${NOW - (NOW % 86_400_000)}, 'c', 3, 0, 0)`,
    nameOf(url),
  );
  const store = await open(url);
  expect(await cursors(store)).toEqual([3, 1, null]);
  expect((await store.listHpas({ limit: 9 })).items.map(({ latest }) => latest?.cpuCurrent ?? null)).toEqual([
    3,
    1,
    null,
  ]);
  await scan(store, [1, 2, 3], 4);
  expect(await cursors(store)).toEqual([4, 4, 4]);
  expect(await Promise.all([1, 2, 3].map((id) => valuesOf(store, id)))).toEqual([
    [2, 3, 4],
    [1, 2, 3, 4],
    [2, 3, 4],
  ]);
  expect(await store.counts()).toMatchObject({ total: 10 });
  await store.close();
});

test('what others do to the HPAs of a cluster is known to its owner before his next row', async () => {
  const url = await server.createDatabase();
  const [owner, other] = [await open(url), await open(url)];
  const ids = await enrolMany(owner, 3);
  const [one = 0, two = 0, three = 0] = ids;
  await scan(owner, ids, 1);
  await other.removeHpa(two, { purge: true });
  expect(await scan(owner, ids, 2)).toEqual({ rows: 6 });
  const [added] = await other.enrol([{ cluster: 'c', namespace: 'n', hpa: 'added' }], NOW);
  const four = added?.hpa.id ?? 0;
  await scan(other, [one], 3, 7);
  await scan(owner, [one, three, four], 3);
  // What the other one wrote of the first is read, and replaced where it differs.
  expect(await valuesOf(owner, one)).toEqual([-1, 0, 1, 2, 3]);
  expect(await valuesOf(owner, four)).toEqual([1, 2, 3]);
  expect(await cursors(owner)).toEqual([3, 3, 3]);
  expect((await server.query('SELECT 1 FROM sample', nameOf(url))).length).toBe(13);
  for (const store of [owner, other]) await store.close();
});

test('a standby that took over without the last commits is believed, and not what the agent remembers', async () => {
  const url = await server.createDatabase();
  const store = await open(url);
  const ids = await enrolMany(store, 2);
  await scan(store, ids, 1);
  const [pace] = await server.query<Record<string, string>>('SELECT * FROM scan_pace', nameOf(url));
  await scan(store, ids, 2);
  const lost = `UPDATE scan_pace SET stamp = ${pace?.stamp}, scanned_until = ${pace?.scanned_until},
      last_scan_at = ${pace?.last_scan_at}, newest_ts = ${pace?.newest_ts};
    DELETE FROM sample WHERE ts = ${at(2)}; UPDATE sample_day SET samples = samples - 2`;
  await server.query(lost, nameOf(url));
  expect(await cursors(store)).toEqual([1, 1]);
  await scan(store, ids, 3);
  expect(await valuesOf(store, ids[0] ?? 0)).toEqual([-1, 0, 1, 2, 3]);
  expect(await store.counts()).toMatchObject({ total: 10 });
  await store.close();
});

test('a scan that is refused moves neither the pace nor a row, and the next owner goes on where it stood', async () => {
  const url = await server.createDatabase();
  let lost = false;
  const guard: DatabaseOptions['guard'] = async (sql, _, by) => {
    await sql.rows('SELECT 1');
    if (lost && by === 'agent') throw new AgentError('storage/fenced', 'lost');
  };
  const [before, next] = [await open(url, { guard }), await open(url)];
  const ids = await enrolMany(before, 2);
  await scan(before, ids, 1);
  lost = true;
  await expect(scan(before, ids, 2)).rejects.toMatchObject({ code: 'storage/fenced' });
  expect(await cursors(next)).toEqual([1, 1]);
  expect(await valuesOf(next, ids[0] ?? 0)).toEqual([-1, 0, 1]);
  await scan(next, ids, 2);
  lost = false;
  await scan(before, ids, 3);
  expect(await valuesOf(next, ids[1] ?? 0)).toEqual([-1, 0, 1, 2, 3]);
  expect(await cursors(before)).toEqual([3, 3]);
  for (const store of [before, next]) await store.close();
});
