import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HpaListAnswer, StatusAnswer, SummaryAnswer } from '../../agent/src/contract/api.ts';
import { eventually, newDataDir, removeDataDirs, startAgentProcess, type AgentProcess } from '../rig/agent.ts';
import { startFleetChild, type FleetChild } from '../rig/fleet-child.ts';
import { freePort } from '../rig/free-port.ts';
import { startPostgres, type RealPostgres } from '../rig/postgres.ts';

/** The built agent and a real PostgreSQL that is down when it starts, goes away, stands still, and is away while the agent is killed. */

let postgres: RealPostgres;
let fleet: FleetChild;
let databaseUrl = '';
let agent: AgentProcess | null = null;
const dataDir = newDataDir();

beforeAll(async () => {
  postgres = await startPostgres();
  databaseUrl = await postgres.createDatabase();
  fleet = await startFleetChild({ seed: 1, clusters: 1, hpasPerCluster: 3, clean: true });
}, 60_000);
afterAll(async () => {
  await agent?.kill();
  await fleet?.stop();
  await postgres?.destroy();
  removeDataDirs();
});

/** Starts the agent at this port; resolves when it serves. */
const start = (port: number): Promise<AgentProcess> => {
  const [{ name, url }] = fleet.clusters as [FleetChild['clusters'][number]];
  const settings = { dataDir, listen: { port }, slotDuration: '1s', clusters: [{ name, prometheusUrl: url }] };
  return startAgentProcess(settings, 0, [], [], false, { env: { HPA_WATCH_DATABASE_URL: databaseUrl } });
};
const ask = async (port: number, path: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
  return response && { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const databaseOf = async (of: AgentProcess) => {
  const { status, body } = await of.api<StatusAnswer>('GET', '/api/v1/monitoring/status');
  expect(status).toBe(200);
  return body.database;
};
const buffered = (): string[] => (existsSync(join(dataDir, 'buffer')) ? readdirSync(join(dataDir, 'buffer')) : []);

/** An agent that waits for its database: it is alive, and says why it is not ready. */
async function waits(port: number): Promise<void> {
  const ready = await eventually('it answers', 20_000, () => ask(port, '/readyz'));
  expect(ready).toMatchObject({ status: 503, body: { status: 'error', code: 'storage/unreachable' } });
  expect(ready.body.message).toMatch(/waits for its database, since 20\d\d-/);
  // Anybody may ask this: nothing of where the database is, or who logs in.
  expect(JSON.stringify(ready.body)).not.toMatch(
    new RegExp(`127\\.0\\.0\\.1|${postgres.port}|${postgres.user}|${postgres.password}`),
  );
  expect(await ask(port, '/healthz')).toEqual({ status: 200, body: { status: 'success' } });
  expect(await ask(port, '/api/v1/monitoring/status')).toMatchObject({ status: 503 });
}

test('started while its database is down it waits, alive and not ready, and goes on by itself when it is there', async () => {
  await postgres.stop();
  const port = await freePort();
  const starting = start(port);
  await waits(port);
  await postgres.start();
  agent = await starting;
  expect(agent.url).toBe(`http://127.0.0.1:${port}`);
  expect(await ask(port, '/readyz')).toMatchObject({ status: 200 });
  const told = agent.log().filter(({ msg }) => String(msg).includes('The start waits for it'));
  // One line a cause, such as refused and starting up, not one a try.
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThan(5);
  expect(JSON.stringify(agent.log())).not.toContain(postgres.password);
  expect(await databaseOf(agent)).toMatchObject({ away: null, buffer: { batches: 0, size_mb: 0, is_full: false } });
}, 60_000);

describe('while its database is away', () => {
  test('it scans on, says since when and how much waits, and refuses what only the database knows', async () => {
    const [{ name, hpas }] = fleet.clusters as [FleetChild['clusters'][number]];
    const items = hpas.map((hpa) => ({ cluster: name, ...hpa }));
    await agent!.api('POST', '/api/v1/monitoring/hpas', { items });
    await eventually('all are scanned', 30_000, async () => {
      const { body } = await agent!.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas');
      return body.hpas.every(({ last_scan, baseline }) => last_scan !== null && baseline.state === 'ready') || null;
    });
    await postgres.stop();
    const away = await eventually('batches wait', 30_000, async () => {
      const database = await databaseOf(agent!);
      return database.away !== null && (database.buffer?.batches ?? 0) >= 3 ? database : null;
    });
    expect(away.away!.reason).toContain('cannot be reached');
    expect(away.buffer!.limit_mb).toBeCloseTo(268.44, 1);
    expect(away.exact).toBe(false);
    expect(buffered().length).toBe(1);
    const summary = await agent!.api<SummaryAnswer>('GET', '/api/v1/monitoring/summary');
    expect(summary.status).toBe(200);
    expect(summary.body.notices).toEqual([
      { code: 'database/away', since: away.away!.since, message: expect.stringContaining('Scans go on') },
    ]);
    const metrics = await (
      await fetch(`${agent!.url}/metrics`, { headers: { authorization: agent!.authorization } })
    ).text();
    expect(metrics).toMatch(/^hpa_watch_database_up 0$/m);
    expect(Number(/^hpa_watch_database_buffered_bytes (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(100);
    const { status, body } = await agent!.api<{ code: string }>(
      'PATCH',
      `/api/v1/monitoring/hpas/${name}/${hpas[0]!.namespace}/${hpas[0]!.hpa}`,
      { monitoring_active: false },
    );
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'storage/unreachable' });
    // That it is away is told once.
    const told = agent!.log().filter(({ msg }) => String(msg).includes('Scans go on'));
    expect(told).toHaveLength(1);
    expect(agent!.log().filter(({ level }) => Number(level) >= 50 || level === 'error')).toEqual([]);
  }, 90_000);

  test('killed then, it loses nothing: the next one waits, and writes it', async () => {
    await agent!.kill();
    expect(buffered().length).toBe(1);
    const port = await freePort();
    const starting = start(port);
    await waits(port);
    await postgres.start();
    agent = await starting;
    await eventually('it is written', 30_000, () => (buffered().length === 0 ? true : null));
    const written = agent
      .log()
      .find(({ msg }) => String(msg).includes('what was buffered for the database is written'));
    expect(Number(written?.batches)).toBeGreaterThanOrEqual(3);
    expect((await databaseOf(agent)).away).toBeNull();
    const gaps = await postgres.query<{ missing: number }>(
      `SELECT count(*)::int AS missing FROM (SELECT ts - lag(ts) OVER (PARTITION BY hpa_id ORDER BY ts) AS step FROM sample WHERE ts > ${Date.now() - 45 * 60_000}) AS s WHERE step > 60000`,
      new URL(databaseUrl).pathname.slice(1),
    );
    expect(gaps).toEqual([{ missing: 0 }]);
  }, 90_000);

  test('it stops in time, though the database stands still', async () => {
    postgres.pause();
    try {
      await eventually('it has noticed', 30_000, async () => (await databaseOf(agent!)).away);
      const { code, ms } = await agent!.stop();
      expect(code).toBe(0);
      // 3 s; with the slack of a machine that is busy.
      expect(ms).toBeLessThan(20_000);
      agent = null;
    } finally {
      postgres.resume();
    }
  }, 90_000);
});
