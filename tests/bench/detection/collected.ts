import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSurveyor } from '../../../agent/src/collect/discover.ts';
import { gather } from '../../../agent/src/collect/gather.ts';
import { cutIntoPieces } from '../../../agent/src/collect/plan.ts';
import { HOUR, MINUTE } from '../../../agent/src/core/clock.ts';
import { writeOpenMetrics } from '../../../agent/src/demo/openmetrics.ts';
import type { Sample } from '../../../agent/src/domain/sample.ts';
import { createPrometheusClient } from '../../../agent/src/prometheus/client.ts';
import { startPrometheus } from '../../rig/prometheus.ts';
import type { Span } from './score.ts';
import { simulatedHpas, type SimulatedHpa } from './simulated.ts';
import { BLOCK_HOURS, LOOKBACK_MS, scrapeGaps, spanOf, within, worldsOf, type World } from './worlds.ts';

const PIECE_MS = 24 * HOUR;

/** Only what the agent asks for: a Prometheus has ten times as much, which would change nothing but the time this takes. */
function isAskedFor(labels: Readonly<Record<string, string>>): boolean {
  switch (labels.__name__) {
    case 'kube_pod_status_phase':
      return labels.phase === 'Running';
    case 'kube_pod_status_ready':
      return labels.condition === 'true';
    case 'container_cpu_usage_seconds_total':
    case 'container_memory_working_set_bytes':
      return labels.container !== '';
    case 'kube_horizontalpodautoscaler_status_condition':
      return labels.status === 'true' && labels.condition !== 'AbleToScale';
    default:
      return true;
  }
}

/** Every HPA of a seed as simulatedHpas has it, but with the samples that the agent's own collector reads from real Prometheus servers. */
export async function* collectedHpas(seed: number, say: (text: string) => void): AsyncGenerator<SimulatedHpa> {
  const collected = new Map<string, Sample[]>();
  for (const world of worldsOf(seed)) {
    for (const { name } of world.simulation.clusters) {
      for (const [hpa, samples] of await collectCluster(world, name, seed, say)) {
        collected.set(`${name}${world.suffix}/${hpa}`, samples);
      }
    }
  }
  for (const hpa of simulatedHpas(seed)) {
    const { cluster, namespace, hpa: name } = hpa.key;
    yield { ...hpa, samples: collected.get(`${cluster}/${namespace}/${name}`) ?? [] };
  }
}

async function collectCluster(
  { simulation, suffix }: World,
  cluster: string,
  seed: number,
  say: (text: string) => void,
): Promise<Map<string, Sample[]>> {
  const span = spanOf(seed);
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-detection-'));
  try {
    const file = join(dir, 'history.om');
    const startedAt = performance.now();
    const out = createWriteStream(file);
    const samples = await writeOpenMetrics(
      simulation,
      {
        cluster,
        from: span.start,
        to: span.end,
        keep: isAskedFor,
        isMissed: within(scrapeGaps(seed, cluster + suffix, span)),
      },
      out,
    );
    out.end();
    await once(out, 'finish');
    const writtenAt = performance.now();
    const flags = [`--query.lookback-delta=${LOOKBACK_MS / 1_000}s`];
    const prometheus = await startPrometheus({ history: file, blockHours: BLOCK_HOURS, flags });
    try {
      await rm(file);
      const loadedAt = performance.now();
      const found = await readAll(prometheus.url, span);
      const seconds = (from: number, to: number) => `${Math.round((to - from) / 1_000)} s`;
      say(
        `seed ${seed}, ${cluster}${suffix}: ${samples} samples written in ${seconds(startedAt, writtenAt)}, ` +
          `loaded in ${seconds(writtenAt, loadedAt)}, collected in ${seconds(loadedAt, performance.now())}`,
      );
      return found;
    } finally {
      await prometheus.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What the agent collects, by `namespace/hpa`: the queries of a scan, in windows of a day. */
async function readAll(url: string, span: Span): Promise<Map<string, Sample[]>> {
  const prometheus = createPrometheusClient({ baseUrl: url, timeoutMs: 120_000 });
  try {
    const { signal } = new AbortController();
    const survey = createSurveyor({ now: () => span.end });
    const seen = await survey({ cluster: url, prometheus }, null, span.start + HOUR, signal);
    const hpas = seen.hpas.map(({ namespace, hpa, target }, id) => ({ id, namespace, hpa, target }));
    const found = new Map<string, Sample[]>(hpas.map(({ namespace, hpa }) => [`${namespace}/${hpa}`, []]));
    const all = { start: span.start + MINUTE, end: span.end, stepMs: MINUTE };
    for (const window of cutIntoPieces(all, PIECE_MS).reverse()) {
      const { samples, notes } = await gather(prometheus, hpas, window, seen, { signal });
      if (notes.length > 0) throw new Error(notes.join('; '));
      for (const { id, namespace, hpa } of hpas) found.get(`${namespace}/${hpa}`)?.push(...(samples.get(id) ?? []));
    }
    return found;
  } finally {
    await prometheus.close();
  }
}
