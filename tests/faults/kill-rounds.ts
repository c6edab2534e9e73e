import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HpaListAnswer } from '../../agent/src/contract/api.ts';
import type { RunningDemo } from '../../agent/src/demo/start.ts';
import { startAgentProcess } from '../rig/agent.ts';
import type { HttpReceiver } from '../rig/http-receiver.ts';
import { findingsAfterKill, type Acknowledged } from './database-findings.ts';

export type Kill = {
  victim: 'store' | 'agent';
  afterMs: number;
  /** Acknowledged in this life: enrolments, and everything together. */
  enrolments: number;
  acknowledged: number;
  walBytes: number;
  findings: string[];
};

const LOAD = fileURLToPath(new URL('../rig/storage-load.ts', import.meta.url));

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const bytesOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * The storage thread in a process of its own under all kinds of writes, killed `afterMs` after its first acknowledged write, or after
 * its process began.
 */
export async function killStore(
  { dir, name }: { dir: string; name: string },
  { from, afterMs }: { from: 'start' | 'first write'; afterMs: number },
  all: Acknowledged,
): Promise<Kill> {
  const path = join(dir, 'monitoring.db');
  const child = spawn(process.execPath, ['--no-warnings', LOAD, path, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const first = once(child.stdout, 'data');
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  if (from === 'first write') await Promise.race([first, closed]);
  await Promise.race([sleep(afterMs), closed]);
  child.kill('SIGKILL');
  const [code] = await closed;
  if (code !== null) throw new Error(`the load ended by itself with ${code}`);
  // The last line may be cut off in the middle: only whole lines were acknowledged.
  const lines = printed.split('\n').slice(0, -1);
  let enrolments = 0;
  for (const line of lines) {
    const [what, subject = '', value = ''] = line.split(' ');
    if (what === 'enrolled') enrolments++;
    if (what === 'enrolled') all.enrolled.add(`a/b/${subject}`);
    if (what === 'muted') all.muted.set(`a/b/${subject}`, Number(value));
    if (what === 'anomaly') all.anomalies.add(subject);
    if (what === 'settled') all.settled.add(Number(subject));
  }
  const walBytes = bytesOf(`${path}-wal`);
  const findings = bytesOf(path) === 0 ? [] : findingsAfterKill(path, all);
  return { victim: 'store', afterMs, enrolments, acknowledged: lines.length, walBytes, findings };
}

export type AgentWorld = { demo: RunningDemo; receiver: HttpReceiver };

/** A real agent that scans, collects and notifies while enrolments come in by HTTP, killed `afterMs` after it listens. */
export async function killAgent(
  { demo, receiver }: AgentWorld,
  place: { dir: string; name: string },
  afterMs: number,
  all: Acknowledged,
): Promise<Kill> {
  const path = join(place.dir, 'monitoring.db');
  const [cluster] = demo.clusters;
  if (!cluster) throw new Error('the demo has no cluster');
  const agent = await startAgentProcess({
    dataDir: place.dir,
    clusters: [{ name: cluster.name, prometheusUrl: cluster.url }],
    slotDuration: '1s',
    notify: [{ type: 'webhook', name: 'hook', url: receiver.url }],
    log: { level: 'info' },
  });
  let over = false;
  const acknowledged: string[] = [];
  const post = async (path: string, body: unknown) => agent.api('POST', `/api/v1/monitoring/${path}`, body);
  const enrolling = (async () => {
    void post('hpas', { cluster: cluster.name, all: true }).catch(() => undefined);
    for (let n = 0; !over; n++) {
      const hpa = `${place.name}-${n}`;
      const { status } = await post('hpa', { cluster: cluster.name, namespace: 'kills', hpa });
      if (status === 201) acknowledged.push(`${cluster.name}/kills/${hpa}`);
    }
  })().catch(() => undefined);
  const reading = (async () => {
    while (!over) await agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas?limit=100');
  })().catch(() => undefined);
  await sleep(afterMs);
  over = true;
  await agent.kill();
  await Promise.all([enrolling, reading]);
  for (const name of acknowledged) all.enrolled.add(name);
  const walBytes = bytesOf(`${path}-wal`);
  const findings = findingsAfterKill(path, all);
  return {
    victim: 'agent',
    afterMs,
    enrolments: acknowledged.length,
    acknowledged: acknowledged.length,
    walBytes,
    findings,
  };
}
