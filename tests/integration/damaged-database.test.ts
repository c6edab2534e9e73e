import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { closeSync, existsSync, openSync, readFileSync, readdirSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { HpaListAnswer, StatusAnswer } from '../../agent/src/contract/api.ts';
import { systemClock } from '../../agent/src/core/clock.ts';
import { startDemo, type RunningDemo } from '../../agent/src/demo/start.ts';
import { eventually, removeDataDirs, startAgentProcess, type AgentProcess, type AgentSettings } from '../rig/agent.ts';

/** A real agent whose database is damaged: before it starts, and under its feet. */

const PAGE = 4_096;
const WATCHED = 3;

let demo: RunningDemo;
let settings: AgentSettings;
beforeAll(async () => {
  demo = await startDemo({ clock: systemClock, seed: 1, host: '127.0.0.1', clusters: 1 });
  const clusters = demo.clusters.map(({ name, url }) => ({ name, prometheusUrl: url }));
  settings = { clusters, slotDuration: '1s', log: { level: 'info' } };
});
afterAll(async () => {
  await demo.stop();
  removeDataDirs();
});

const cluster = (): string => demo.clusters[0]?.name ?? '';
const namesOf = async (agent: AgentProcess): Promise<string[]> => {
  const { body } = await agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas?limit=500');
  return body.hpas.map(({ namespace, hpa }) => `${namespace}/${hpa}`);
};
const databaseOf = async (agent: AgentProcess) =>
  (await agent.api<StatusAnswer>('GET', '/api/v1/monitoring/status')).body.database;

/** Enrols what the cluster shows first, and waits until the history of each is there. */
async function watchSome(agent: AgentProcess): Promise<string[]> {
  const { body } = await agent.api<{ hpas: { namespace: string; hpa: string }[] }>(
    'GET',
    `/api/v1/clusters/${cluster()}/hpas`,
  );
  for (const { namespace, hpa } of body.hpas.slice(0, WATCHED)) {
    const { status } = await agent.api('POST', '/api/v1/monitoring/hpa', { cluster: cluster(), namespace, hpa });
    expect(status).toBe(201);
  }
  await collected(agent);
  return namesOf(agent);
}
const collected = (agent: AgentProcess) =>
  eventually('baselines and live rows', 60_000, async () => {
    const { body } = await agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas');
    const isReady = body.hpas.length === WATCHED && body.hpas.every((hpa) => hpa.baseline.state === 'ready');
    return isReady && (await databaseOf(agent)).monitoring_snapshots > 0 ? true : null;
  });

function overwrite(path: string, page: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(PAGE, 0xa5), 0, PAGE, page * PAGE);
  closeSync(file);
}

test.each<[string, (path: string) => void]>([
  ['the first page damaged', (path) => overwrite(path, 0)],
  ['zero bytes left', (path) => truncateSync(path)],
])(
  'killed, then %s: the next start keeps the file, watches the same HPAs and reads their history again',
  async (_, damage) => {
    const first = await startAgentProcess(settings);
    const names = await watchSome(first);
    await first.kill();
    const path = join(first.dataDir, 'monitoring.db');
    // The log, which holds the first page too, goes into the file.
    const db = new Database(path);
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    damage(path);
    const bytes = readFileSync(path);

    const second = await startAgentProcess({ ...settings, dataDir: first.dataDir });
    try {
      expect(await namesOf(second)).toEqual(names);
      const { rebuilt } = await databaseOf(second);
      expect(rebuilt).toMatchObject({ hpas: WATCHED, clusters: 1 });
      expect(readFileSync(rebuilt?.kept_as ?? '').equals(bytes)).toBe(true);
      expect(second.log().filter(({ msg }) => msg === rebuilt?.message)).toHaveLength(1);
      await collected(second);
      expect(second.sql('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    } finally {
      expect((await second.stop()).code).toBe(0);
    }
  },
  180_000,
);

test('damaged while it runs: the agent starts anew by itself, at the same address, and goes on', async () => {
  const agent = await startAgentProcess(settings);
  try {
    const names = await watchSome(agent);
    const path = join(agent.dataDir, 'monitoring.db');
    const other = new Database(path);
    other.pragma('wal_checkpoint(TRUNCATE)');
    const hpaPage = other.prepare<[], number>("SELECT rootpage FROM sqlite_master WHERE name = 'hpa'").pluck().get();
    overwrite(path, (hpaPage ?? 0) - 1);
    // A commit of another process: the agent reads its pages anew.
    other.exec("UPDATE counter SET value = value WHERE name = 'samples'");
    other.close();
    const rebuilt = await eventually(
      'the new database',
      30_000,
      async () => (await databaseOf(agent).catch(() => null))?.rebuilt ?? null,
    );
    expect(existsSync(rebuilt.kept_as ?? '')).toBe(true);
    expect(await namesOf(agent)).toEqual(names);
    await collected(agent);
    expect(agent.log().filter(({ msg }) => String(msg).endsWith('Starting anew.'))).toHaveLength(1);
    expect(readdirSync(agent.dataDir).filter((name) => /\.damaged-[\dTZ-]+$/.test(name))).toHaveLength(1);
  } finally {
    expect((await agent.stop()).code).toBe(0);
  }
}, 180_000);
