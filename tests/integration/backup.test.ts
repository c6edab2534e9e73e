import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import type { HpaListAnswer } from '../../agent/src/contract/api.ts';
import { systemClock } from '../../agent/src/core/clock.ts';
import { startDemo, type RunningDemo } from '../../agent/src/demo/start.ts';
import { eventually, removeDataDirs, startAgentProcess, type AgentProcess, type AgentSettings } from '../rig/agent.ts';

/** `backup` and `restore` as a person runs them, beside an agent that scans, collects and enrols. */

const root = fileURLToPath(new URL('../../', import.meta.url));

let demo: RunningDemo;
let settings: AgentSettings;
let agent: AgentProcess;
beforeAll(async () => {
  demo = await startDemo({ clock: systemClock, seed: 1, host: '127.0.0.1', clusters: 1 });
  settings = { clusters: demo.clusters.map(({ name, url }) => ({ name, prometheusUrl: url })), slotDuration: '1s' };
  agent = await startAgentProcess(settings);
}, 30_000);
afterAll(async () => {
  await agent.kill();
  await demo.stop();
  removeDataDirs();
});

async function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const config = ['--config', join(agent.dataDir, 'settings.yaml')];
  const child = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'agent/dist/cli.js'), ...args, ...config], {
    env: { PATH: process.env.PATH, HOME: agent.dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (out.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out.stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...out };
}

const cluster = (): string => demo.clusters[0]?.name ?? '';
const enrolled: string[] = [];
async function enrolUntil(over: () => boolean): Promise<void> {
  for (let n = enrolled.length; !over(); n++) {
    const key = { cluster: cluster(), namespace: 'load', hpa: `h-${n}` };
    if ((await agent.api('POST', '/api/v1/monitoring/hpa', key)).status === 201) enrolled.push(key.hpa);
  }
}

type Held = { names: string[]; samples: number };
function heldIn(path: string): Held {
  const db = new Database(path, { readonly: true });
  try {
    const names = db.prepare<[], string>("SELECT name FROM hpa WHERE namespace = 'load' ORDER BY id").pluck().all();
    return { names, samples: Number(db.prepare('SELECT COUNT(*) FROM stored_sample').pluck().get()) };
  } finally {
    db.close();
  }
}

test('a backup taken while the agent writes restores to all that was there at its moment', async () => {
  const copy = join(agent.dataDir, 'copies', 'one.db');
  await agent.api('POST', '/api/v1/monitoring/hpas', { cluster: cluster(), all: true });
  let over = false;
  const load = enrolUntil(() => over);
  await eventually('rows', 60_000, () => (agent.sql('SELECT 1 FROM stored_sample LIMIT 1').length > 0 ? true : null));
  const before = heldIn(join(agent.dataDir, 'monitoring.db'));
  const acknowledged = [...enrolled];
  const backup = await run('backup', '--to', copy);
  over = true;
  await load;
  expect(backup).toMatchObject({ code: 0, stdout: expect.stringContaining(copy) });
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const copied = heldIn(copy);
  expect(copied.names).toEqual(expect.arrayContaining(acknowledged));
  expect(copied.names).toEqual(expect.arrayContaining(before.names));
  expect(copied.samples).toBeGreaterThanOrEqual(before.samples);

  const again = await run('backup', '--to', copy);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('--force') });
  const refused = await run('restore', copy);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Another agent works with') });
  await enrolUntil(() => enrolled.length > copied.names.length + 2);

  await agent.stop();
  const restored = await run('restore', copy);
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('To undo: hpa-watch restore ') });
  const kept = /kept as (\S+)/.exec(restored.stdout)?.[1] ?? '';
  expect(existsSync(kept)).toBe(true);
  agent = await startAgentProcess({ ...settings, dataDir: agent.dataDir });
  const { body } = await agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas?namespace=load&limit=500');
  expect(body.hpas.map(({ hpa }) => hpa).sort()).toEqual(copied.names.slice(0, 500).sort());
  expect(heldIn(join(agent.dataDir, 'monitoring.db')).samples).toBeGreaterThanOrEqual(copied.samples);
}, 180_000);

test('--help says what each does', async () => {
  expect((await run('backup', '--help')).stdout).toMatch(/--to <file>[\s\S]*--force/);
  expect((await run('restore', '--help')).stdout).toContain('the agent must not be running');
});
