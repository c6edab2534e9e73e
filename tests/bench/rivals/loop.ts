import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MINUTE } from '../../../agent/src/core/clock.ts';
import { noDeadline, startCollectRig } from '../../rig/collect-rig.ts';
import { documentedQuery } from '../../rig/documented-queries.ts';
import { startForwardRig } from '../../rig/forward-rig.ts';
import type { HandMadeHpa } from '../../rig/hand-made-hpa.ts';
import { realKubectls } from '../../rig/kubectl.ts';
import type { RealPrometheus } from '../../rig/prometheus.ts';
import { startStubChild } from '../../rig/stub-child.ts';
import { bareQuery } from '../backfill/bare.ts';
import { cpuOf, cpuOfEndedChildren, metricOf, ownCpu, round } from './usage.ts';
import { freePorts } from '../../rig/free-port.ts';

const run = promisify(execFile);
const ROUNDS = 3;
/** What a script asks of each HPA; of what kubectl shows already it asks nothing. */
const METRICS = ['cpu_current', 'memory_current', 'replicas_ready'];

type Way = { name: string; queries: number; pass: () => Promise<unknown> };

/**
 * One minute of a fleet as a script takes it, by kubectl for each HPA or once for all, with one query an HPA and metric through one port
 * forward, and as one of our scans takes it through the same forward. The script's own work is that of this process: fetch over kept
 * connections, which is less than a curl and a jq each.
 */
export async function costOfLoops(
  server: RealPrometheus,
  hpas: readonly HandMadeHpa[],
  now: number,
): Promise<object[]> {
  const kubectl = (await realKubectls()).at(-1)?.path ?? 'kubectl';
  const shown = hpas.map(({ namespace, hpa, target, pods }) => ({
    ...{ namespace, name: hpa, target },
    ...{ min: 1, max: 10, replicas: pods },
  }));
  const backend = { host: '127.0.0.1', port: server.port };
  const stub = await startStubChild({ clusters: { lab: { backend, hpas: shown } } });
  const forward = await startForwardRig({ kubectlPath: kubectl, kubeconfig: stub.kubeconfig });
  try {
    const [port = 0] = await freePorts(1);
    forward.pool.ensure(forward.target('lab', '127.0.0.1', port));
    const { baseUrl } = await forward.pool.acquire('lab', AbortSignal.timeout(20_000));
    const tunnelPid = forward.ledger.entries()[0]?.pid ?? 0;
    const home = join(forward.dir, 'home');
    await mkdir(home);
    const kubeconfig = join(home, 'config');
    await writeFile(kubeconfig, stub.kubeconfig);
    const get = async (...which: string[]) => {
      const args = ['--kubeconfig', kubeconfig, '--context', 'lab', 'get', 'hpa', ...which, '-o', 'json'];
      const options = { env: { PATH: process.env['PATH'], HOME: home }, maxBuffer: 64 * 1_048_576 };
      return JSON.parse((await run(kubectl, args, options)).stdout) as { items?: object[]; kind: string };
    };
    const time = String(Math.floor(now / MINUTE) * 60);
    const ask = async (hpa: HandMadeHpa) => {
      for (const metric of METRICS) {
        const { data } = await bareQuery(baseUrl, '/api/v1/query', { query: documentedQuery(metric, hpa), time });
        if (data.result.length !== 1) throw new Error(`${metric} of ${hpa.hpa}: ${data.result.length} values`);
      }
    };
    const rig = await startCollectRig(baseUrl, now);
    await rig.enrol([...hpas], now - 2 * MINUTE);
    let minute = 0;
    let requests = 0;
    const ways: Way[] = [
      {
        name: 'a loop: kubectl get hpa and three queries for each',
        queries: METRICS.length * hpas.length,
        async pass() {
          for (const hpa of hpas) {
            await get(hpa.hpa, '-n', hpa.namespace);
            await ask(hpa);
          }
        },
      },
      {
        name: 'one kubectl get hpa -A, then three queries for each',
        queries: METRICS.length * hpas.length,
        async pass() {
          const { items = [] } = await get('-A');
          if (items.length !== hpas.length) throw new Error(`kubectl shows ${items.length} HPAs`);
          for (const hpa of hpas) await ask(hpa);
        },
      },
      {
        name: 'a scan',
        queries: 9,
        async pass() {
          rig.setNow(now + ++minute * MINUTE);
          const outcome = await rig.collector.scan(rig.session, noDeadline());
          if (outcome.result !== 'ok') throw outcome.error ?? new Error(outcome.result);
          requests = outcome.requests;
        },
      },
    ];
    const used = async () => ({
      at: performance.now() / 1_000,
      kubectl: cpuOfEndedChildren() + cpuOf(tunnelPid),
      own: ownCpu(),
      server: await metricOf(server.url, 'process_cpu_seconds_total'),
    });
    const rows: { row: string; s: number; cpu: number; server: number; queries: number }[] = [];
    try {
      for (const { name, queries, pass } of ways) {
        await pass();
        const rounds = name === 'a scan' ? ROUNDS * 3 : ROUNDS;
        const before = await used();
        for (let i = 0; i < rounds; i += 1) await pass();
        const after = await used();
        rows.push({
          row: name,
          queries: name === 'a scan' ? requests : queries,
          s: (after.at - before.at) / rounds,
          cpu: (after.kubectl - before.kubectl + after.own - before.own) / rounds,
          server: (after.server - before.server) / rounds,
        });
      }
    } finally {
      await rig.close();
    }
    const ours = rows.at(-1);
    if (!ours) throw new Error('nothing was measured');
    return rows.map(({ row, queries, s, cpu, server: serverCpu }) => ({
      row,
      hpas: hpas.length,
      queries,
      s: round(s, 3),
      client_cpu_s: round(cpu, 3),
      prometheus_cpu_s: round(serverCpu, 3),
      times_longer: round(s / ours.s, 1),
      client_cpu_times: round(cpu / ours.cpu, 1),
      prometheus_cpu_times: round(serverCpu / ours.server, 1),
    }));
  } finally {
    await forward.stop();
    await stub.stop();
  }
}
