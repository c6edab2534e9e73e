import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { MINUTE, SECOND } from '../../agent/src/core/clock.ts';
import { silentLogger } from '../../agent/src/core/logger.ts';
import { startDemo, type RunningDemo } from '../../agent/src/demo/start.ts';
import type { Anomaly } from '../../agent/src/domain/anomaly.ts';
import { notifySchema } from '../../agent/src/domain/notify-settings.ts';
import { openPostgresStore } from '../../agent/src/storage/postgres/postgres-store.ts';
import { openBufferedStore, type DatabaseBuffer } from '../../agent/src/storage/spool/buffered-store.ts';
import { eventually } from '../rig/agent.ts';
import { CLUSTER, type OpenStore } from '../rig/collect-rig.ts';
import { startPostgres, type RealPostgres } from '../rig/postgres.ts';
import { startWatching, type WatchingRig } from '../rig/watching-rig.ts';

/**
 * A real PostgreSQL that restarts, refuses, stands still, has no connection left and is killed, under the agent's own scans, store and judge; beside it the
 * same fleet over SQLite, which nothing happens to. What is known at the end is the same.
 */

const LIVE_FROM = Date.UTC(2026, 10, 18, 10);
const BEGIN = LIVE_FROM + 20 * SECOND;
const RECEIVERS = notifySchema.parse([{ type: 'webhook', name: 'hook', url: 'http://127.0.0.1:1/' }]);
const MOST_CONNECTIONS = 12;

let postgres: RealPostgres;
let demo: RunningDemo;
let buffer: DatabaseBuffer;
let calm: WatchingRig;
let shaken: WatchingRig;
let clock = BEGIN;
let url = '';
const clients: pg.Client[] = [];

beforeAll(async () => {
  postgres = await startPostgres({ maxConnections: MOST_CONNECTIONS });
  url = await postgres.createDatabase();
  demo = await startDemo({ clock: { now: () => clock }, seed: 1, host: '127.0.0.1', since: LIVE_FROM });
  const { url: of = '' } = demo.clusters.find(({ name }) => name === 'prod-eu') ?? {};
  const openStore: OpenStore = async (dataDir, time) => {
    const { database, ...store } = await openPostgresStore({ url, now: () => time.now() });
    expect(database.where).not.toContain(postgres.password);
    const options = { store, dataDir, maxBytes: 2 ** 24, clock: time, random: Math.random, logger: silentLogger };
    const opened = await openBufferedStore(options);
    buffer = opened.buffer;
    return opened.store;
  };
  const onNow = (at: number) => (clock = at);
  const common = { url: of, now: BEGIN, receivers: RECEIVERS, onNow };
  calm = await startWatching(common);
  shaken = await startWatching({ ...common, openStore, mayJudge: () => !buffer.isHolding(CLUSTER) });
}, 120_000);

afterAll(async () => {
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  await shaken?.close();
  await calm?.close();
  await demo?.stop();
  await postgres?.destroy();
});

/** So many minutes go by for both. Answers the longest time that a scan of the shaken one took, ms. */
async function minutes(count: number): Promise<number> {
  let longest = 0;
  for (let i = 0; i < count; i += 1) {
    const now = clock + MINUTE;
    await calm.scanAt(now);
    const startedAt = performance.now();
    await shaken.scanAt(now);
    longest = Math.max(longest, performance.now() - startedAt);
  }
  return longest;
}

const drained = () =>
  eventually(
    'what was buffered is written',
    30_000,
    () => (buffer.state().away === null && buffer.state().batches === 0) || null,
  );

/** All connections that there are, taken by others. */
async function takeAllConnections(): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      clients.push(client);
    } catch (error) {
      expect((error as { code?: string }).code).toBe('53300');
      return;
    }
  }
}

describe('the database', () => {
  test('answers: nothing is buffered', async () => {
    await minutes(3);
    expect(buffer.state()).toMatchObject({ away: null, batches: 0 });
  });

  test('refuses connections for a while: scans go on, and all is written when it is back', async () => {
    await postgres.stop();
    await minutes(12);
    expect(buffer.state()).toMatchObject({
      isFull: false,
      away: { reason: expect.stringContaining('cannot be reached') },
    });
    expect(buffer.state().batches).toBe(12);
    await expect(shaken.rig.store.listHpas({ limit: 1 })).rejects.toMatchObject({ code: 'storage/unreachable' });
    await postgres.start();
    await drained();
    await minutes(2);
    expect(buffer.state()).toMatchObject({ away: null, batches: 0 });
  });

  test('stands still: no scan waits for it longer than its slot', async () => {
    postgres.pause();
    const longest = await minutes(8);
    expect(longest).toBeLessThan(15_000);
    expect(buffer.state().batches).toBe(8);
    postgres.resume();
    await drained();
    await minutes(2);
  });

  test('has no connection left, since others took them all', async () => {
    await postgres.stop();
    await postgres.start();
    await takeAllConnections();
    await minutes(8);
    expect(buffer.state().away?.reason).toMatch(/no connection left/);
    expect(buffer.state().batches).toBeGreaterThan(0);
    await Promise.all(clients.splice(0).map((client) => client.end()));
    await drained();
    await minutes(2);
  });

  test('is killed, and restarts several times in a row', async () => {
    for (let i = 0; i < 3; i += 1) {
      await postgres.kill();
      await minutes(3);
      await postgres.start();
      await minutes(2);
    }
    await drained();
    await minutes(2);
    expect(buffer.state()).toMatchObject({ away: null, batches: 0 });
  });
});

describe('in the end', () => {
  test('every minute is there, with the same values, and none twice', async () => {
    const range = { from: LIVE_FROM, to: clock };
    let rows = 0;
    for (const { namespace, hpa } of calm.hpas) {
      const theirs = await calm.rig.series(namespace, hpa, range.from, range.to);
      expect(await shaken.rig.series(namespace, hpa, range.from, range.to)).toEqual(theirs);
      rows += theirs.length;
    }
    const past = Math.floor((clock - LIVE_FROM) / MINUTE) - 1;
    expect(rows).toBeGreaterThanOrEqual(past * calm.hpas.length);
    const [counts] = await postgres.query<{ rows: number; minutes: number }>(
      `SELECT count(*)::int AS rows, count(DISTINCT (hpa_id, ts))::int AS minutes FROM sample WHERE ts >= ${LIVE_FROM}`,
      new URL(url).pathname.slice(1),
    );
    expect(counts).toEqual({ rows, minutes: rows });
    expect(await shaken.rig.store.openGaps(CLUSTER)).toEqual([]);
  });

  const shown = ({ kind, key, state, severity, startedAt, firedAt, endedAt, sentence }: Anomaly) => ({
    ...{ kind, ...key, state, severity, sentence },
    times: [startedAt, firedAt, endedAt].map((at) => at && new Date(at).toISOString()),
  });

  test('the same anomalies are known, none lost and none twice', async () => {
    const [ours, theirs] = [await shaken.anomalies(), await calm.anomalies()];
    expect(theirs.length).toBeGreaterThan(0);
    const order = (list: Anomaly[]) => list.map((one) => JSON.stringify(shown(one))).sort();
    expect(order(ours)).toEqual(order(theirs));
  });

  test('nobody is told anything twice, and of everything that is still on', async () => {
    const due = async ({ rig }: WatchingRig) =>
      (await rig.store.dueNotifications('hook', clock + MINUTE, 500)).items.map(({ message }) => message.subject);
    const [ours, theirs] = [await due(shaken), await due(calm)];
    expect(new Set(ours).size).toBe(ours.length);
    const firing = (await calm.anomalies()).filter(({ state }) => state === 'firing');
    for (const { id } of firing) if (theirs.includes(id)) expect(ours).toContain(id);
    expect(firing.length + theirs.length).toBeGreaterThan(0);
  });
});
