import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { DAY, MINUTE } from '../../agent/src/core/clock.ts';
import { AgentError } from '../../agent/src/core/errors.ts';
import type { DatabaseOptions, Writer } from '../../agent/src/storage/postgres/database.ts';
import { openPostgresStore } from '../../agent/src/storage/postgres/postgres-store.ts';
import { MIGRATIONS } from '../../agent/src/storage/postgres/schema.ts';
import { sample } from '../../agent/src/storage/sample.fixture.ts';
import { selfSigned } from '../rig/certificate.ts';
import { startPostgres, type RealPostgres } from '../rig/postgres.ts';
import { ALL, batch, enrolMany, retainAll } from './store-contract/batches.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const open = (url: string, rest: Partial<DatabaseOptions> = {}) => openPostgresStore({ url, now: () => NOW, ...rest });
const nameOf = (url: string) => new URL(url).pathname.slice(1);

let server: RealPostgres;
beforeAll(async () => {
  server = await startPostgres({ maxConnections: 40 });
}, 60_000);
afterAll(() => server.destroy());

describe('the schema', () => {
  test('is made once by agents that start at the same time', async () => {
    const url = await server.createDatabase();
    const stores = await Promise.all(Array.from({ length: 6 }, () => open(url, { connections: 3 })));
    const made = await server.query<{ version: number }>('SELECT version FROM hpa_watch_schema', nameOf(url));
    expect(made.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
    await stores[0]?.saveCluster({ name: 'a', definition: null, lane: null, place: null, createdAt: 1 });
    expect(await stores[5]?.listClusters()).toHaveLength(1);
    for (const store of stores) await store.close();
  });

  test.each([
    [
      'of a newer version',
      'CREATE TABLE hpa_watch_schema (version INTEGER, applied_at BIGINT); INSERT INTO hpa_watch_schema VALUES (99, 0)',
      'storage/newer-schema',
    ],
    ['of somebody else', 'CREATE TABLE sample (mine TEXT)', 'storage/foreign'],
  ])('%s is refused and left as it is', async (_, sql, code) => {
    const url = await server.createDatabase();
    await server.query(sql, nameOf(url));
    const tables = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace";
    const before = await server.query(tables, nameOf(url));
    await expect(open(url)).rejects.toMatchObject({ code, retryable: false });
    expect(await server.query(tables, nameOf(url))).toEqual(before);
  });
});

test('the guard comes first in each write, with its clusters; what it refuses leaves nothing', async () => {
  const asked: [readonly string[], Writer][] = [];
  let lost = false;
  const guard: DatabaseOptions['guard'] = async (sql, clusters, by) => {
    asked.push([clusters, by]);
    // In the same transaction: what it locks stays locked.
    await sql.rows('SELECT 1');
    if (lost && by === 'agent') throw new AgentError('storage/fenced', 'lost');
  };
  const store = await open(await server.createDatabase(), { guard });
  const keys = ['a', 'b'].map((cluster) => ({ cluster, namespace: 'n', hpa: 'h' }));
  const [one = 0, two = 0] = (await store.enrol(keys, NOW)).map(({ hpa }) => hpa.id);
  const samples = [one, two].map((hpaId) => ({ hpaId, samples: [sample(NOW, { cpuCurrent: 1 })] }));
  const write = () => store.writeSamples({ now: NOW, isBaseline: false, samples });
  await write();
  lost = true;
  await expect(store.writeSamples(batch(one, [sample(NOW, { cpuCurrent: 2 })]))).rejects.toMatchObject({
    code: 'storage/fenced',
  });
  await expect(store.saveDiscovered('b', [{ namespace: 'n', hpa: 'h', seenAt: 3 }])).rejects.toThrow('lost');
  await store.patchHpa(two, { active: false });
  expect(asked).toEqual([
    [['a', 'b'], 'person'],
    [['a', 'b'], 'agent'],
    [['a'], 'agent'],
    [['b'], 'agent'],
    [['b'], 'person'],
  ]);
  expect(await store.readSeries(one, ALL)).toEqual([sample(NOW, { cpuCurrent: 1 })]);
  expect(await store.hpasOfCluster('b')).toMatchObject([{ seenAt: null, active: false }]);
  await store.close();
});

test('two agents that write the same HPA in turn, as owners do one after the other, see what the other one left', async () => {
  const url = await server.createDatabase();
  const agents = [await open(url), await open(url)] as const;
  const [id = 0] = await enrolMany(agents[0], 1);
  const row = (minute: number, cpuTarget: number) => sample(NOW + minute * MINUTE, { cpuCurrent: minute, cpuTarget });
  const targetAt = (minute: number) => (minute % 10 < 5 ? 60 : 80);
  // Each scan reads the last two minutes again; who scans changes every third time, and then both read what both wrote.
  for (let minute = 2; minute < 40; minute += 1) {
    const agent = agents[Math.floor(minute / 3) % 2 === 0 ? 0 : 1];
    const again = [minute - 2, minute - 1, minute].map((m) => row(m, targetAt(m)));
    if (minute % 4 === 0) await agent.writeSamples(batch(id, [sample(NOW + minute * MINUTE, { pressure: minute })]));
    expect(await agent.writeSamples(batch(id, again, { isBaseline: minute === 30 }))).toEqual({ rows: 3 });
  }
  const wanted = Array.from({ length: 40 }, (_, m) => ({
    ...row(m, targetAt(m)),
    pressure: m % 4 === 0 && m > 2 ? m : null,
  }));
  expect(await agents[0].readSeries(id, ALL)).toEqual(wanted);
  expect(await agents[1].counts()).toMatchObject({ total: 40, baseline: 3 });
  for (const agent of agents) await agent.close();
});

test('an agent that stands still in the middle of a transaction loses it, and its locks with it', async () => {
  const store = await open(await server.createDatabase());
  const limits = await store.database.transaction((sql) =>
    sql.rows<{ name: string; ms: number }>(
      `SELECT name, setting::int AS ms FROM pg_settings
       WHERE name IN ('idle_in_transaction_session_timeout', 'statement_timeout') ORDER BY name`,
    ),
  );
  expect(limits.map(({ ms }) => ms)).toEqual([15_000, 30_000]);
  await store.close();
});

describe('a server that', () => {
  test('restarts is used again, whatever was cut', async () => {
    const own = await startPostgres();
    try {
      const store = await open(await own.createDatabase());
      const [id = 0] = await enrolMany(store, 1);
      for (const how of ['stop', 'kill'] as const) {
        await own[how]();
        const refused = store.writeSamples(batch(id, [sample(NOW, { cpuCurrent: 1 })]));
        await expect(refused).rejects.toMatchObject({ code: 'storage/unreachable', retryable: true });
        await own.start();
        await store.writeSamples(batch(id, [sample(NOW, { cpuCurrent: 2 })]));
        expect(await store.readSeries(id, ALL)).toEqual([sample(NOW, { cpuCurrent: 2 })]);
      }
      // Stopped in the middle of a statement: the agent must still end in time.
      own.pause();
      const hanging = store.counts().then(
        () => 'answered',
        (error: unknown) => (error as AgentError).code,
      );
      await store.close();
      expect(await hanging).toBe('storage/unreachable');
    } finally {
      await own.destroy();
    }
  }, 60_000);

  test('has no connection left says so, and serves again when one is free', async () => {
    const own = await startPostgres({ maxConnections: 3 });
    try {
      const url = await own.createDatabase();
      const store = await open(url, { connections: 1 });
      // Its one connection is cut, and others take the place.
      await own.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hpa-watch'`);
      const clients = Array.from({ length: 3 }, () => new pg.Client(url));
      for (const client of clients) await client.connect();
      await expect(store.listClusters()).rejects.toMatchObject({
        code: 'storage/unreachable',
        retryable: true,
        message: expect.stringContaining('max_connections'),
      });
      for (const client of clients) await client.end();
      expect(await store.listClusters()).toEqual([]);
      await store.close();
    } finally {
      await own.destroy();
    }
  }, 60_000);

  test.each([
    ['the password is wrong', (url: string) => url.replace(/:[^:@/]+@/, ':wrong-secret@')],
    ['there is no such user', (url: string) => url.replace(/\/\/[^:]+:/, '//nobody:')],
    ['there is no such database', (url: string) => `${url}_else`],
  ])('lets nobody in, since %s, is no matter of time; and no password is shown', async (_, change) => {
    const url = change(await server.createDatabase());
    const error = await open(url).then(
      () => null,
      (thrown: unknown) => thrown as AgentError,
    );
    expect(error).toMatchObject({ code: 'storage/unreachable', retryable: false });
    const told = JSON.stringify({ message: error?.message, details: error?.details, stack: error?.stack });
    expect(told).not.toContain(new URL(url).password);
  });
});

test.each([
  'postgres://user:secret-word@',
  'mysql://user:secret-word@host/db',
  'postgres://u:secret-word@h/d?sslmode=prefer',
])('the URL %j is refused, and not shown', async (url) => {
  const error = await open(url).catch((thrown: unknown) => thrown as AgentError);
  expect(error).toMatchObject({ code: 'config/invalid', message: expect.not.stringContaining('secret-word') });
});

test('sslmode means what it means to libpq', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hpa-watch-pgtls-'));
  const made = await selfSigned();
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  writeFileSync(cert, made.cert);
  writeFileSync(key, made.key, { mode: 0o600 });
  if (process.getuid?.() === 0) for (const path of [directory, cert, key]) chownSync(path, 65_534, 65_534);
  const own = await startPostgres({ settings: { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key } });
  try {
    const url = await own.createDatabase();
    const isEncrypted = async (query: string) => {
      const store = await open(`${url}?${query}`, { connections: 2 });
      const found = await store.database.read((sql) =>
        sql.first<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'),
      );
      await store.close();
      return found?.ssl;
    };
    expect(await isEncrypted('sslmode=disable')).toBe(false);
    expect(await isEncrypted('sslmode=require')).toBe(true);
    expect(await isEncrypted(`sslmode=verify-full&sslrootcert=${cert}`)).toBe(true);
    expect(await isEncrypted(`sslmode=verify-ca&sslrootcert=${cert}`)).toBe(true);
    await expect(isEncrypted('sslmode=verify-full')).rejects.toMatchObject({
      message: expect.stringContaining('certificate'),
    });
    await expect(isEncrypted('sslmode=verify-ca')).rejects.toMatchObject({
      message: expect.stringContaining('sslrootcert'),
    });
  } finally {
    await own.destroy();
    rmSync(directory, { recursive: true, force: true });
  }
}, 60_000);

describe('partitions', () => {
  const days = async (url: string) =>
    (
      await server.query<{ name: string }>(
        `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = 'sample'::regclass ORDER BY 1`,
        nameOf(url),
      )
    ).map(({ name }) => name);

  test('are made ahead, on demand, and by several at once', async () => {
    const url = await server.createDatabase();
    const stores = await Promise.all([open(url), open(url), open(url)]);
    expect(await days(url)).toEqual(['sample_20260131', 'sample_20260201', 'sample_20260202']);
    const [id = 0] = await enrolMany(stores[0], 1);
    const rows = (day: number) => [0, 1, 2].map((i) => sample(NOW + (day + i) * DAY, { cpuCurrent: i }));
    await Promise.all(stores.map((store, i) => store.writeSamples(batch(id, rows(10 + i)))));
    expect((await days(url)).slice(3)).toEqual(['10', '11', '12', '13', '14'].map((day) => `sample_202602${day}`));
    expect(await stores[1].counts()).toMatchObject({ total: 5 });
    // One of them drops what another one knows to be there.
    await retainAll(stores[0], { minutesMs: DAY, totalMs: DAY }, NOW + 20 * DAY);
    expect(await stores[1].writeSamples(batch(id, rows(11)))).toEqual({ rows: 3 });
    expect(await stores[2].readSeries(id, ALL)).toEqual(rows(11));
    for (const store of stores) await store.close();
  });

  test('somebody who reads for long holds up neither retention nor scans; the day goes in a later walk', async () => {
    const url = await server.createDatabase();
    const store = await open(url);
    const [id = 0] = await enrolMany(store, 1);
    await store.writeSamples(batch(id, [sample(NOW - 9 * DAY, { cpuCurrent: 1 }), sample(NOW, { cpuCurrent: 2 })]));
    const reader = new pg.Client(url);
    await reader.connect();
    await reader.query('BEGIN');
    expect((await reader.query('SELECT * FROM hpa_snapshots')).rows).toHaveLength(2);
    const policy = { minutesMs: DAY, totalMs: 3 * DAY };
    const retaining = retainAll(store, policy, NOW);
    await store.writeSamples(batch(id, [sample(NOW + MINUTE, { cpuCurrent: 3 })]));
    expect(await retaining).toBe(0);
    expect(await days(url)).toContain('sample_20260122');
    await reader.query('COMMIT');
    await reader.end();
    expect(await retainAll(store, policy, NOW)).toBe(1);
    expect(await days(url)).not.toContain('sample_20260122');
    await store.close();
  });
});
