import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '../core/clock.ts';
import { silentLogger } from '../core/logger.ts';
import { createLedger, type LedgerEntry } from './ledger.ts';
import { identify } from './process-identity.ts';

let dir = '';
let file = '';
const children: ChildProcess[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hpa-watch-ledger-'));
  file = join(dir, 'data', 'kubectl.json');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(dir, { recursive: true });
});

const open = () => createLedger({ file, clock: systemClock, logger: silentLogger });

async function startChild(script = 'while :; do sleep 1; done'): Promise<number> {
  const child = spawn('/bin/sh', ['-c', `echo up; ${script}`], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

const onDisk = async () => (JSON.parse(await readFile(file, 'utf8')) as { processes: LedgerEntry[] }).processes;

test('what is recorded is on disk at once, what is forgotten is gone', async () => {
  const ledger = open();
  const pid = await startChild();
  ledger.record(pid);
  expect(await onDisk()).toEqual([{ pid, ...identify(pid) }]);
  expect(await readdir(join(dir, 'data'))).toEqual(['kubectl.json']);
  ledger.forget(pid);
  expect(await onDisk()).toEqual([]);
});

test('a recorded process is ended by the next start, the rude one by SIGKILL', async () => {
  const pids = [await startChild(), await startChild('trap "" TERM; while :; do read -t 1 x; done')];
  const earlier = open();
  pids.forEach((pid) => earlier.record(pid));
  const later = open();
  const ended = await later.endOrphans();
  expect(ended.map(({ pid }) => pid)).toEqual(pids);
  expect(pids.map(identify)).toEqual([null, null]);
  expect(await onDisk()).toEqual([]);
});

test.each<[string, Partial<LedgerEntry>]>([
  ['start time', { startedAt: 'another' }],
  ['command line', { commandLine: 'kubectl port-forward --context other' }],
])('a process with another %s is left alone', async (_, difference) => {
  const pid = await startChild();
  open().record(pid);
  const [entry] = await onDisk();
  await writeFile(file, JSON.stringify({ version: 1, processes: [{ ...entry, ...difference }] }));
  expect(await open().endOrphans()).toEqual([]);
  expect(identify(pid)).not.toBeNull();
});

test.each(['', '{"version":1', '[]', '{"version":1,"processes":[{"pid":-1}]}'])(
  'a ledger of %j is set aside, and a new one begun',
  async (text) => {
    open().record(await startChild());
    await writeFile(file, text);
    const ledger = open();
    expect(await ledger.endOrphans()).toEqual([]);
    const [aside] = (await readdir(join(dir, 'data'))).filter((name) => name.includes('.corrupt-'));
    expect(await readFile(join(dir, 'data', aside ?? ''), 'utf8')).toBe(text);
    expect(await onDisk()).toEqual([]);
  },
);

test('a ledger that cannot be written refuses the process', async () => {
  await writeFile(join(dir, 'data'), 'a file where the directory should be');
  const pid = await startChild();
  expect(() => open().record(pid)).toThrow(expect.objectContaining({ code: 'storage/failed', retryable: true }));
});

test('nobody has an identity after the end', async () => {
  const pid = await startChild('exit 0');
  await once(children[0]!, 'close');
  expect(identify(pid)).toBeNull();
});
