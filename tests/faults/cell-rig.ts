import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { floorTo, MINUTE } from '../../agent/src/core/clock.ts';
import type { StatusAnswer } from '../../agent/src/contract/api.ts';
import { startAgentProcess, type AgentProcess } from '../rig/agent.ts';
import { freePort } from '../rig/free-port.ts';
import { startStubChild, type StubChild } from '../rig/stub-child.ts';
import { startFaultProxy, type FaultProxy } from './proxy.ts';
import { startHoldingReceiver, type HoldingReceiver } from './receiver.ts';

/** Cluster and kubectl context. */
export const CLUSTER = 'prod';

export type CellRig = {
  dir: string;
  dataDir: string;
  /** What the settings call kubectl: a link in the cell's directory. */
  kubectl: string;
  stub: StubChild;
  proxy: FaultProxy;
  receiver: HoldingReceiver;
  clock: CellClock;
  agent(): AgentProcess;
  /** Lines of the logs of all agents of this cell. */
  log(): Record<string, unknown>[];
  /** Starts the agent on the data directory. @throws Error with its last words where it ends instead of listening */
  start(): Promise<void>;
  /** null: it gave no answer within 2 s. */
  status(): Promise<StatusAnswer | null>;
  /** Processes that have the cell's directory in their command line. */
  processes(): { pid: number; command: string }[];
  /** What was said in another way than by status and log: the last words of an agent that did not start. */
  say(words: string): void;
  said: string[];
  /** From now on, until `poisonEnds`, nothing but NaN and infinite values is scraped. */
  poisonBegins(): void;
  poisonEnds(): void;
  /** Minutes without a value that anyone could know. */
  poisoned: { from: number; to: number }[];
  /** Called at the end, last first. */
  onStop(stop: () => unknown): void;
  stop(): Promise<void>;
};

/** Two clocks: that of the world (what Prometheus has by now) and that of the agent, which may be wrong. */
export type CellClock = {
  file: string;
  now(): number;
  /** Both go on at once. */
  step(ms: number): void;
  setTo(at: number): void;
  /** The agent's clock is wrong by so much; 0: right again. */
  setError(ms: number): void;
};

export type CellRigOptions = {
  prometheusUrl: string;
  kubectlPath: string;
  /** A data directory to begin with; null: an empty one. */
  template: string | null;
  startAt: number;
  uid?: number;
  notify?: boolean;
};

export function createCellClock(file: string, startAt: number): CellClock {
  let shift = startAt - Date.now();
  let error = 0;
  const write = () => writeFileSync(file, String(shift + error));
  write();
  return {
    file,
    now: () => Date.now() + shift,
    step(ms) {
      shift += ms;
      write();
    },
    setTo(at) {
      shift = at - Date.now();
      write();
    },
    setError(ms) {
      error = ms;
      write();
    },
  };
}

/** Everything of one cell of the matrix but its agent: stub API server, proxy before Prometheus, receiver, clock, directories. */
export async function openCellRig(options: CellRigOptions): Promise<CellRig> {
  const { uid, notify = true } = options;
  const dir = mkdtempSync(join(tmpdir(), 'hpa-watch-fault-'));
  const stops: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  const dataDir = join(dir, 'data');
  if (options.template === null) mkdirSync(dataDir, { mode: 0o700 });
  else cpSync(options.template, dataDir, { recursive: true });
  const clock = createCellClock(join(dir, 'clock'), options.startAt);
  const proxy = await startFaultProxy(options.prometheusUrl, () => clock.now());
  stops.push(() => proxy.stop());
  const receiver = await startHoldingReceiver();
  stops.push(() => receiver.stop());
  const stub = await startStubChild({ clusters: { [CLUSTER]: { backend: { host: '127.0.0.1', port: proxy.port } } } });
  stops.push(() => stub.stop());
  const kubeconfig = join(dir, 'kubeconfig');
  writeFileSync(kubeconfig, stub.kubeconfig);
  const kubectl = join(dir, 'kubectl');
  symlinkSync(options.kubectlPath, kubectl);
  if (uid !== undefined) {
    chmodSync(dir, 0o777);
    giveTo(dataDir, uid);
  }
  const lanes = [await freePort(), await freePort()];
  const agents: AgentProcess[] = [];
  const current = (): AgentProcess => {
    const agent = agents.at(-1);
    if (!agent) throw new Error('no agent was started');
    return agent;
  };
  const said: string[] = [];
  const poisoned: { from: number; to: number }[] = [];
  const processes = () => processesNaming(dir);
  stops.push(() => {
    for (const { pid } of processes()) kill(pid);
  });

  return {
    dir,
    dataDir,
    kubectl,
    stub,
    proxy,
    receiver,
    clock,
    agent: current,
    log: () => agents.flatMap((agent) => agent.log()),
    async start() {
      agents.push(
        await startAgentProcess(
          {
            dataDir,
            kubectl: { path: kubectl, kubeconfig },
            lanes,
            slotDuration: '2s',
            clusters: [{ name: CLUSTER, context: CLUSTER }],
            ...(notify ? { notify: [{ type: 'webhook', url: receiver.url, kinds: ['maxed_out'] }] } : {}),
          },
          0,
          [],
          [],
          false,
          { clockFile: clock.file, settingsDir: dir, ...(uid === undefined ? {} : { uid }) },
        ),
      );
    },
    async status() {
      const answer = current().api<StatusAnswer>('GET', '/api/v1/monitoring/status');
      const tooLate = new Promise<null>((resolve) => setTimeout(() => resolve(null), 2_000).unref());
      return Promise.race([answer.then(({ body }) => body).catch(() => null), tooLate]);
    },
    processes,
    said,
    say: (words) => void said.push(words),
    poisoned,
    poisonBegins() {
      const range = { from: floorTo(clock.now(), MINUTE), to: Infinity };
      poisoned.push(range);
      proxy.poison(range);
    },
    poisonEnds: () => poisoned.forEach((range) => (range.to = Math.min(range.to, floorTo(clock.now(), MINUTE)))),
    onStop: (stop) => void stops.push(stop),
    async stop() {
      for (const stop of stops.splice(0).reverse()) await stop();
    },
  };
}

export function giveTo(dir: string, uid: number): void {
  chownSync(dir, uid, uid);
  for (const name of readdirSync(dir)) chownSync(join(dir, name), uid, uid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone meanwhile.
  }
}

function processesNaming(text: string): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return command.includes(text) ? [{ pid: Number(name), command }] : [];
      } catch {
        return [];
      }
    });
}
