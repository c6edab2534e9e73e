import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HpaListAnswer, StatusAnswer } from '../../agent/src/contract/api.ts';
import { eventually, forwardsOf, newDataDir, removeDataDirs, startAgentProcess } from '../rig/agent.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { markedHpa, startWorld, type World } from '../rig/world.ts';

/** The commands as a person runs them. */

const root = fileURLToPath(new URL('../../', import.meta.url));
const { path: kubectl } = (await realKubectls()).at(-1)!;

let world: World;
beforeAll(async () => {
  world = await startWorld({ clusters: { good: [markedHpa(1)], broken: [markedHpa(2)] }, hours: 2 });
  await world.stub.setFault('broken-admin', { mode: 'nosvc' });
}, 60_000);
afterAll(async () => {
  await world.stop();
  removeDataDirs();
});

function run(args: string[], env: Record<string, string> = {}) {
  const child = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'agent/dist/cli.js'), ...args], {
    env: { PATH: process.env.PATH, HOME: newDataDir(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (out.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out.stderr += chunk.toString()));
  const ended = (once(child, 'close') as Promise<[number | null]>).then(([code]) => ({ code, ...out }));
  return { child, out, ended };
}

test('--help lists the commands, and an unknown one is refused', async () => {
  const help = await run(['--help']).ended;
  expect(help).toMatchObject({ code: 0 });
  for (const command of ['serve', 'demo', 'simulate', 'health', 'check', 'backtest'])
    expect(help.stdout).toContain(`  ${command}`);
  const unknown = await run(['frobnicate']).ended;
  expect(unknown.code).not.toBe(0);
  expect(unknown.stderr).toContain('frobnicate');
});

test.each([
  [['demo', '--port', '99999'], 'allowed: a port'],
  [['demo', '--seed', 'x'], 'allowed: a whole number'],
  [['simulate', '--port', 'x'], 'allowed: a port'],
  [['serve', '--config', '/nowhere.yaml'], '/nowhere.yaml'],
])('%j is refused with what is allowed', async (args, text) => {
  const { code, stderr } = await run(args).ended;
  expect(code).not.toBe(0);
  expect(stderr).toContain(text);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('the port of the demo may come from the environment as that of the agent does', async () => {
  const { code, stderr } = await run(['demo'], { HPA_WATCH_PORT: '99999' }).ended;
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/99999.*HPA_WATCH_PORT.*allowed: a port/);
});

test('check shows each context from end to end, and fails when one does', async () => {
  const file = join(newDataDir(), 'settings.yaml');
  writeFileSync(file, JSON.stringify({ kubectl: { path: kubectl, kubeconfig: world.kubeconfig } }));
  const { code, stdout } = await run(['check', '--config', file]).ended;
  expect(code).toBe(1);
  expect(stdout).toMatch(/good-admin .*ok \d+ ms +ok +1\n/);
  expect(stdout).toMatch(/broken-admin .*FAILED/);
  expect(stdout).toMatch(/broken-admin: .*prometheus-server/);
  expect(forwardsOf(null).filter(({ context }) => /^(good|broken)-admin$/.test(context))).toEqual([]);
}, 60_000);

test('check passes where all is well, and answers JSON', async () => {
  const file = join(newDataDir(), 'settings.yaml');
  writeFileSync(
    file,
    JSON.stringify({ kubectl: { path: kubectl, kubeconfig: world.kubeconfig }, clusters: [{ name: 'good' }] }),
  );
  const { code, stdout } = await run(['check', '--config', file, '--json']).ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([
    { cluster: 'good', via: 'context good-admin', failedAt: null, hpas: 1, error: null },
  ]);
}, 60_000);

test('a second agent on the same data directory is refused', async () => {
  const first = await startAgentProcess({});
  try {
    await expect(startAgentProcess({ dataDir: first.dataDir })).rejects.toThrow(/Another agent works with/);
  } finally {
    await first.stop();
  }
});

test('an unknown context stops the start and lists what there is', async () => {
  await expect(
    startAgentProcess({ kubectl: { path: kubectl, kubeconfig: world.kubeconfig }, clusters: [{ name: 'nowhere' }] }),
  ).rejects.toThrow(/no context \\"nowhere\\" or \\"nowhere-admin\\".*good-admin, broken-admin/);
});

test('demo gives useful answers within a minute, ends by SIGINT with code 0 and leaves nothing behind', async () => {
  const scratch = newDataDir();
  const { child, out, ended } = run(['demo', '--port', '0'], { TMPDIR: scratch });
  await eventually('the table of HPAs', 60_000, () => (/A new minute arrives/.test(out.stdout) ? true : null));
  const url = /serves on (\S+)/.exec(out.stdout)![1]!;
  const token = /TOKEN=(\S+)/.exec(out.stdout)![1]!;
  expect(readdirSync(scratch)).toEqual([expect.stringMatching(/^hpa-watch-demo-/)]);
  expect(out.stdout).toMatch(/prod-eu +payments\/api .*ready 100 %/);
  const get = async <Body>(path: string) =>
    (await (await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })).json()) as Body;
  const { hpas } = await get<HpaListAnswer>('/api/v1/monitoring/hpas');
  expect(hpas).toHaveLength(24);
  expect(hpas.every((hpa) => hpa.has_baseline)).toBe(true);
  await eventually('live rows', 30_000, async () =>
    (await get<StatusAnswer>('/api/v1/monitoring/status')).database.monitoring_snapshots > 0 ? true : null,
  );
  child.kill('SIGINT');
  expect((await ended).code).toBe(0);
  expect(readdirSync(scratch)).toEqual([]);
}, 120_000);
