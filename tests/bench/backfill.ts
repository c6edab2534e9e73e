import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE } from '../../agent/src/core/clock.ts';
import { backfillWindow } from '../../agent/src/domain/window.ts';
import type { RangeQuery } from '../../agent/src/prometheus/prometheus.ts';
import { noDeadline, recording, startCollectRig } from '../rig/collect-rig.ts';
import { documentedQuery } from '../rig/documented-queries.ts';
import { seriesOf, type HandMadeHpa } from '../rig/hand-made-hpa.ts';
import { startPrometheus, type RealPrometheus } from '../rig/prometheus.ts';
import { startReplayingProxy } from '../rig/replaying-proxy.ts';
import { bareBackfill, samplesRead } from './backfill/bare.ts';
import { metricOf, ownCpu, round } from './rivals/usage.ts';

const NOW = Date.UTC(2026, 9, 7, 12, 2, 20);
const WINDOW = backfillWindow(NOW);
const HPAS = 500;
const GROUP = 50;
const ROUNDS = 8;
/** So many HPAs are asked for one by one, the others cost the same. */
const ALONE = 5;

/** Forty Deployments to a namespace. */
const fleet: HandMadeHpa[] = Array.from({ length: HPAS }, (_, index) => ({
  namespace: `team-${Math.floor(index / 40)}`,
  hpa: `service-${index}`,
  kind: 'Deployment',
  target: `service-${index}`,
  pods: 1,
  containers: [{ name: 'app', cores: 0.2, memoryMib: 300, cpuRequest: 0.5, memoryRequestMib: 512 }],
}));

/** The columns as a person would type them for one HPA; of the Deployment's ready replicas and its rollouts none is asked. */
const COLUMNS =
  'cpu_current memory_current memory_utilization replicas_current replicas_desired replicas_min replicas_max cpu_target pressure scaling_active'.split(
    ' ',
  );

type Run = { ms: number; cpu: number; ranges: RangeQuery[] };

async function backfilled(url: string, hpas: readonly HandMadeHpa[], groupSize = GROUP): Promise<Run> {
  const rig = await startCollectRig(url, NOW, { groupSize });
  try {
    await rig.enrol([...hpas]);
    const { prometheus, ranges } = recording(rig.prometheus);
    const session = { ...rig.session, prometheus };
    const [startedAt, cpu] = [performance.now(), ownCpu()];
    await rig.collector.backfill(session, noDeadline());
    const run = { ms: performance.now() - startedAt, cpu: ownCpu() - cpu, ranges };
    for (const { namespace, hpa } of hpas) {
      const { state } = await rig.baseline(namespace, hpa);
      if (state !== 'ready') throw new Error(`${namespace}/${hpa} ended ${state}`);
    }
    return run;
  } finally {
    await rig.close();
  }
}

type Asked = { samples: number; cpu: number };

/** What queries cost the server, as it tells itself, for each of `hpas` HPAs. */
async function costOf({ url }: RealPrometheus, ranges: readonly RangeQuery[], hpas: number): Promise<Asked> {
  const cpu = await metricOf(url, 'process_cpu_seconds_total');
  let samples = 0;
  for (const range of ranges) samples += await samplesRead(url, range);
  return { samples: samples / hpas, cpu: ((await metricOf(url, 'process_cpu_seconds_total')) - cpu) / hpas };
}

async function againstBare({ url }: RealPrometheus, dir: string): Promise<object> {
  const some = fleet.slice(0, GROUP);
  const { ranges } = await backfilled(url, some);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    ours.push((await backfilled(url, some)).ms);
    const startedAt = performance.now();
    await bareBackfill(url, ranges, join(dir, `bare-${index}.db`));
    bare.push(performance.now() - startedAt);
  }
  const ratio = Math.min(...ours) / Math.min(...bare);
  return {
    row: 'against the bare range queries and a bare insert',
    hpas: GROUP,
    requests: ranges.length,
    ms: round(Math.min(...ours)),
    bare_ms: round(Math.min(...bare)),
    ratio: round(ratio),
    at_most: 1.3,
    ok: ratio <= 1.3,
  };
}

async function grouped(server: RealPrometheus): Promise<object[]> {
  const some = fleet.slice(0, GROUP);
  const alone = some.slice(0, ALONE);
  const typed = alone.flatMap((subject) =>
    COLUMNS.map((column) => ({ query: documentedQuery(column, subject), ...WINDOW })),
  );
  const ours = await costOf(server, (await backfilled(server.url, some)).ranges, GROUP);
  const narrow = await costOf(server, (await backfilled(server.url, alone, 1)).ranges, ALONE);
  const byHand = await costOf(server, typed, ALONE);
  return [
    {
      row: 'grouped against one by one, queries as typed by hand',
      hpas_a_namespace: 40,
      samples_an_hpa: round(ours.samples, 0),
      samples_an_hpa_one_by_one: round(byHand.samples, 0),
      times_cheaper: round(byHand.samples / ours.samples, 1),
      server_cpu_times_cheaper: round(byHand.cpu / ours.cpu, 1),
      at_least: 10,
      ok: byHand.samples / ours.samples >= 10,
    },
    {
      row: 'grouped against our own queries one by one',
      samples_an_hpa_one_by_one: round(narrow.samples, 0),
      times_cheaper: round(narrow.samples / ours.samples, 2),
      server_cpu_times_cheaper: round(narrow.cpu / ours.cpu, 1),
      requests_times_fewer: round(GROUP / 3, 1),
    },
  ];
}

async function allAtOnce(server: RealPrometheus): Promise<object> {
  const proxy = await startReplayingProxy(server.url);
  try {
    const first = await backfilled(proxy.url, fleet);
    const asked = proxy.asked();
    const again = await backfilled(proxy.url, fleet);
    return {
      row: 'enrolled at once',
      hpas: HPAS,
      requests: asked,
      asked_again: proxy.asked() - asked,
      s: round(first.ms / 1_000, 1),
      s_without_the_server: round(again.ms / 1_000, 1),
      cpu_s_without_the_server: round(again.cpu, 1),
      at_most_s: 60,
      ok: again.ms <= 60_000,
    };
  } finally {
    await proxy.stop();
  }
}

/** The history of many HPAs at once, against a real Prometheus that has it. */
export async function bench(args: string[]): Promise<object[]> {
  if (args.length > 0) throw new RangeError(`no such option: ${args.join(', ')}`);
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-bench-'));
  // One sample an instant of the window: the least that Prometheus can have to read, so that what is ours weighs most.
  const span = { start: WINDOW.start - 5 * MINUTE, end: WINDOW.end, stepMs: WINDOW.stepMs };
  const server = await startPrometheus({ history: { series: fleet.flatMap(seriesOf), span }, blockHours: 162 });
  try {
    const load = loadavg().map((value) => round(value, 1));
    const rows = [await againstBare(server, dir), ...(await grouped(server)), await allAtOnce(server)];
    return rows.map((row) => ({ ...row, load }));
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
