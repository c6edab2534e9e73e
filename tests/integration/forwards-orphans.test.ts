import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { systemClock } from '../../agent/src/core/clock.ts';
import { silentLogger } from '../../agent/src/core/logger.ts';
import { createLedger, type LedgerEntry } from '../../agent/src/kubectl/ledger.ts';
import { isRunning, startBackend } from '../rig/forward-rig.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { StubApiServer } from '../rig/stub-apiserver.ts';
import { freePorts } from '../rig/free-port.ts';

type Report = { dir: string; ledgerFile: string; pids: number[] };

const kubectls = await realKubectls();
// What installers often put on the PATH: it becomes another program under the same pid.
const wrapperDir = await mkdtemp(join(tmpdir(), 'hpa-watch-wrapper-'));
const wrapper = { name: 'a wrapper script of kubectl', path: join(wrapperDir, 'kubectl') };
await writeFile(wrapper.path, `#!/bin/sh\nexec "${kubectls[0]?.path}" "$@"\n`, { mode: 0o755 });
afterAll(() => rm(wrapperDir, { recursive: true }));

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test.each([...kubectls, wrapper])(
  '$name: after kill -9 of the agent the next start ends its orphans and no other kubectl',
  async ({ path }) => {
    const backend = await startBackend('any');
    cleanups.push(() => backend.stop());
    const stub = await new StubApiServer({ clusters: { one: { backend }, two: { backend } } }).listen();
    cleanups.push(() => stub.close());
    const [port = 0, otherPort = 0] = await freePorts(2);
    const kubeconfig = stub.kubeconfig();

    const agent = fork(new URL('../rig/orphaning-agent.ts', import.meta.url), { execArgv: [] });
    agent.send({ kubectlPath: path, kubeconfig, contexts: ['one', 'two'], port });
    const [{ dir, ledgerFile, pids }] = (await once(agent, 'message')) as [Report];
    cleanups.push(() => rm(dir, { recursive: true }));
    // A kubectl of somebody else, with the same kubeconfig, context and service.
    const args = ['port-forward', '--kubeconfig', join(dir, 'kubeconfig'), '--context', 'one', '-n', 'monitoring'];
    const other = spawn(path, [...args, 'service/prometheus-server', `${otherPort}:9090`], {
      env: { HOME: dir },
      stdio: 'ignore',
    });
    cleanups.push(() => other.kill('SIGKILL'));
    agent.kill('SIGKILL');
    await once(agent, 'exit');
    expect(pids.map(isRunning)).toEqual([true, true]);

    // Entries that look right but for one thing: another start time, another command line.
    const file = JSON.parse(await readFile(ledgerFile, 'utf8')) as { version: 1; processes: LedgerEntry[] };
    expect(file.processes.map(({ pid }) => pid).sort()).toEqual([...pids].sort());
    const [entry] = file.processes;
    const otherPid = other.pid ?? 0;
    file.processes.push({ ...entry!, pid: otherPid }, { ...entry!, pid: process.pid });
    await writeFile(ledgerFile, JSON.stringify(file));

    const ledger = createLedger({ file: ledgerFile, clock: systemClock, logger: silentLogger });
    const ended = await ledger.endOrphans();
    expect(ended.map(({ pid }) => pid).sort()).toEqual([...pids].sort());
    expect(pids.map(isRunning)).toEqual([false, false]);
    expect(isRunning(otherPid)).toBe(true);
    expect(ledger.entries()).toEqual([]);
  },
);
