import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AnomalyListAnswer, HpaListAnswer, StatusAnswer } from '../../agent/src/contract/api.ts';
import { HOUR } from '../../agent/src/core/clock.ts';
import { startDemo, type RunningDemo } from '../../agent/src/demo/start.ts';
import { eventually, removeDataDirs, startAgentProcess, type AgentProcess } from '../rig/agent.ts';
import { startPostgres, type RealPostgres } from '../rig/postgres.ts';

/** `hpa-watch serve` with nothing but a PostgreSQL behind it: enrolment, history, scans, anomalies, and a start after the end. */

const HPAS = 6;

let postgres: RealPostgres;
let demo: RunningDemo;
let url = '';
const agents: AgentProcess[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  // Its story has begun, so that history holds something to tell.
  demo = await startDemo({
    clock: { now: Date.now },
    seed: 1,
    host: '127.0.0.1',
    since: Date.now() - HOUR,
    clusters: 1,
  });
}, 60_000);
afterAll(async () => {
  for (const agent of agents) await agent.kill();
  await demo?.stop();
  await postgres?.destroy();
  removeDataDirs();
});

const start = async (dataDir?: string): Promise<AgentProcess> => {
  const [{ name = '', url: prometheusUrl = '' } = {}] = demo.clusters;
  const settings = {
    clusters: [{ name, prometheusUrl }],
    slotDuration: '2s',
    ...(dataDir === undefined ? {} : { dataDir }),
  };
  const agent = await startAgentProcess(settings, 0, [], [], false, { env: { HPA_WATCH_DATABASE_URL: url } });
  agents.push(agent);
  return agent;
};
const database = () => new URL(url).pathname.slice(1);
const rows = async (condition: string) => {
  const [counted] = await postgres.query<{ rows: string }>(
    `SELECT COUNT(*) AS rows FROM hpa_snapshots WHERE ${condition}`,
    database(),
  );
  return Number(counted?.rows);
};

test('an agent with a PostgreSQL enrols, collects three days, scans, judges, and goes on where it stopped', async () => {
  const agent = await start();
  const [{ name: cluster = '' } = {}] = demo.clusters;
  const found = await agent.api<{ hpas: { namespace: string; hpa: string }[] }>(
    'GET',
    `/api/v1/clusters/${cluster}/hpas`,
  );
  const items = found.body.hpas.slice(0, HPAS).map(({ namespace, hpa }) => ({ cluster, namespace, hpa }));
  expect(items).toHaveLength(HPAS);
  expect((await agent.api('POST', '/api/v1/monitoring/hpas', { items })).status).toBe(200);

  const list = () => agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas?limit=100');
  await eventually('three days are collected', 60_000, async () => {
    const { body } = await list();
    return body.hpas.every(({ has_baseline }) => has_baseline) || null;
  });
  expect(await rows('is_baseline = 1')).toBeGreaterThan(HPAS * 800);
  await eventually('scans are stored', 60_000, async () => ((await rows('is_baseline = 0')) > HPAS ? true : null));
  const told = await eventually('something is told of it', 60_000, async () => {
    const { body } = await agent.api<AnomalyListAnswer>('GET', '/api/v1/monitoring/anomalies?limit=100');
    return body.anomalies.length > 0 ? body.anomalies : null;
  });

  const status = (await agent.api<StatusAnswer>('GET', '/api/v1/monitoring/status')).body;
  expect(status.database.total_snapshots).toBeGreaterThan(HPAS * 800);
  expect(status.database.size_mb).toBeGreaterThan(1);
  expect(existsSync(join(agent.dataDir, 'monitoring.db'))).toBe(false);
  const said = JSON.stringify([agent.log(), status, (await agent.api('GET', '/api/v1/clusters')).body]);
  expect(said).not.toContain(postgres.password);
  const before = (await list()).body.hpas.map(({ hpa, last_scan }) => [hpa, last_scan !== null]);
  expect((await agent.stop()).code).toBe(0);

  const again = await start(agent.dataDir);
  const after = await again.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas?limit=100');
  expect(after.body.hpas.map(({ hpa, last_scan }) => [hpa, last_scan !== null])).toEqual(before);
  expect(after.body.hpas.every(({ has_baseline }) => has_baseline)).toBe(true);
  const kept = await again.api<AnomalyListAnswer>('GET', '/api/v1/monitoring/anomalies?limit=100');
  const ids = new Set(kept.body.anomalies.map(({ id }) => id));
  expect(told.filter(({ id }) => !ids.has(id))).toEqual([]);
  expect((await again.stop()).code).toBe(0);
}, 180_000);
