import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import { answer } from '../../agent/src/demo/answerer.ts';
import { writeOpenMetrics } from '../../agent/src/demo/openmetrics.ts';
import { labelKey } from '../../agent/src/demo/series.ts';
import { createSimulation, type SimulatedCluster } from '../../agent/src/demo/simulation.ts';
import { startDemo } from '../../agent/src/demo/start.ts';
import { ALL_CAPABILITIES, capabilitiesQuery } from '../../agent/src/prometheus/capabilities.ts';
import { discoveryQuery } from '../../agent/src/prometheus/discovery.ts';
import { CPU_CORE_QUERY, QUERIES } from '../../agent/src/prometheus/queries.ts';
import { startPrometheus, type RealPrometheus } from '../rig/prometheus.ts';

const NOW = Date.UTC(2026, 10, 19, 14, 0, 0);
const SPAN = 8 * HOUR;
const simulation = createSimulation({ seed: 11, liveFrom: NOW - 30 * MINUTE, historyMs: SPAN - 30 * MINUTE });

type Answered = Map<string, { at: number; value: number }[]>;
type Body = {
  status: string;
  error?: string;
  data: { result: { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[] };
};

const read = (body: Body): Answered =>
  new Map(
    body.data.result.map(({ metric, value, values }) => [
      labelKey(metric),
      (values ?? (value ? [value] : [])).map(([at, text]) => ({ at, value: Number(text.replace('Inf', 'Infinity')) })),
    ]),
  );

/** The largest relative difference; NaN equals NaN; anything missing on one side fails. */
function assertSame(ours: Answered, theirs: Answered): number {
  expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
  let worst = 0;
  for (const [key, points] of theirs) {
    const mine = ours.get(key) ?? [];
    expect(mine.map(({ at }) => at)).toEqual(points.map(({ at }) => at));
    points.forEach(({ value }, i) => {
      const own = mine[i]?.value ?? NaN;
      if (Object.is(own, value)) return;
      worst = Math.max(worst, Math.abs(own - value) / Math.max(Math.abs(value), 1e-9));
    });
  }
  return worst;
}

function agentQueries(cluster: SimulatedCluster, byName: boolean): [string, string][] {
  const metrics = new Set([...ALL_CAPABILITIES.metrics].filter((name) => !byName || name !== 'kube_replicaset_owner'));
  const scope = {
    hpas: cluster.hpas.map(({ namespace, name }) => ({ namespace, hpa: name })),
    workloads: cluster.hpas.map(({ namespace, target }) => ({ namespace, kind: target.kind, name: target.name })),
    capabilities: { ...ALL_CAPABILITIES, metrics },
  };
  return [...QUERIES, CPU_CORE_QUERY].flatMap(({ name, build }): [string, string][] => {
    const query = build(scope);
    return query === null ? [] : [[byName ? `${name}, pods found by name` : name, query]];
  });
}

const OTHERS: [string, string][] = [
  ['the capabilities', capabilitiesQuery()],
  ['the discovery', discoveryQuery(null)],
  ['bottomk', 'bottomk by (namespace) (2, container_cpu_usage_seconds_total{container="app"})'],
  [
    'group_right and offset',
    'kube_horizontalpodautoscaler_spec_max_replicas * on (namespace,horizontalpodautoscaler) group_right() kube_horizontalpodautoscaler_status_target_metric offset 7m',
  ],
  [
    'a comparison with bool',
    'kube_pod_status_ready{condition="true"} > bool on (namespace,pod) kube_pod_status_phase{phase="Running"}',
  ],
  [
    'avg, increase and arithmetic',
    'avg by (namespace) (increase(container_cpu_usage_seconds_total{container!=""}[10m])) ^ 2 / 3 - 1',
  ],
  [
    'windows over time',
    'max_over_time(kube_horizontalpodautoscaler_status_desired_replicas[20m]) - min_over_time(kube_horizontalpodautoscaler_status_desired_replicas[20m])',
  ],
  [
    'unless and without',
    'sum without (pod,container) (kube_pod_container_resource_requests unless on (namespace,pod) kube_pod_status_ready{condition="true"} == 0)',
  ],
  ['changes', 'sum by (namespace) (changes(kube_horizontalpodautoscaler_status_current_replicas[15m]))'],
  [
    'a sign',
    '-kube_horizontalpodautoscaler_spec_max_replicas + kube_horizontalpodautoscaler_spec_min_replicas * -2 ^ 2',
  ],
  ['a scalar', '2 * time() % 7'],
];

const INSTANTS = [7 * HOUR, 6.41 * HOUR, 3 * HOUR, 61 * MINUTE, 3.5 * MINUTE, 0].map((back) => NOW - Math.round(back));

describe.each(['prod-eu', 'prod-us'])('the answerer and a real Prometheus with the same samples of %s', (name) => {
  const cluster = simulation.clusters.find((candidate) => candidate.name === name);
  if (cluster === undefined) throw new Error(`no cluster ${name}`);
  const source = {
    grid: cluster.grid,
    rows: cluster.grid.rowsUntil(NOW),
    // Imported history has no stale markers.
    staleMarkers: false,
    series: (from: number, to: number) => cluster.series(NOW, from, to),
  };
  let real: RealPrometheus;

  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-demo-'));
    const file = join(dir, 'history.om');
    const out = createWriteStream(file);
    const samples = await writeOpenMetrics(simulation, { cluster: name, from: NOW - SPAN, to: NOW }, out);
    out.end();
    await finished(out);
    expect(samples).toBeGreaterThan(100_000);
    real = await startPrometheus({ history: file });
    await rm(dir, { recursive: true });
  }, 120_000);
  afterAll(() => real.stop());

  async function bothWays(
    call: 'query' | 'query_range',
    parameters: Record<string, string>,
  ): Promise<[Answered, Answered]> {
    const body = new URLSearchParams(parameters);
    const response = await fetch(`${real.url}/api/v1/${call}`, { method: 'POST', body });
    const theirs = (await response.json()) as Body;
    expect(theirs.error).toBeUndefined();
    const ours = answer(`/api/v1/${call}`, body, source, NOW);
    expect(ours.status).toBe(200);
    return [read(ours.body as Body), read(theirs)];
  }

  const queries = [...agentQueries(cluster, false), ...agentQueries(cluster, true), ...OTHERS];

  test.each(queries)('agree on %s at every instant', async (_, query) => {
    for (const at of INSTANTS) {
      if (query.includes('time()')) continue;
      const [ours, theirs] = await bothWays('query', { query, time: String(at / 1_000) });
      expect(assertSame(ours, theirs)).toBeLessThan(1e-6);
    }
    expect(INSTANTS.length).toBeGreaterThan(5);
  });

  test.each(queries)('agree on %s over a range', async (_, query) => {
    const range = { start: String((NOW - SPAN) / 1_000), end: String(NOW / 1_000), step: '60' };
    const [ours, theirs] = await bothWays('query_range', { query, ...range });
    expect(theirs.size).toBeGreaterThan(0);
    expect(assertSame(ours, theirs)).toBeLessThan(1e-6);
  });

  test.each([
    ['400 for what is no PromQL', 'sum(', 400],
    ['400 for an empty query', '', 400],
    ['400 for a range where an instant vector is wanted', 'sum(kube_pod_owner[5m])', 400],
    ['422 for many matches on both sides', 'kube_pod_owner * on (namespace) kube_pod_owner', 422],
    ['422 for equal labels twice', 'label_replace(kube_pod_owner, "pod", "same", "", "")', 422],
  ])('refuse alike: %s', async (_, query, status) => {
    const body = new URLSearchParams({ query, time: String(NOW / 1_000) });
    const response = await fetch(`${real.url}/api/v1/query`, { method: 'POST', body });
    const theirs = (await response.json()) as { errorType: string };
    const ours = answer('/api/v1/query', body, source, NOW);
    expect([ours.status, (ours.body as { errorType: string }).errorType]).toEqual([status, theirs.errorType]);
    expect(response.status).toBe(status);
  });
});

describe('the demo', () => {
  test('serves each cluster on a port of its own, by GET and POST, and ends without a trace', async () => {
    const demo = await startDemo({ clock: { now: () => NOW }, seed: 3, host: '127.0.0.1' });
    try {
      expect(demo.clusters.map(({ name }) => name)).toEqual(['prod-eu', 'prod-us', 'stage', 'lab']);
      expect(demo.labels.length).toBeGreaterThan(10);
      for (const { url } of demo.clusters) {
        expect((await fetch(`${url}/-/ready`)).status).toBe(200);
        const query = new URLSearchParams({ query: 'count(kube_horizontalpodautoscaler_info)' });
        const get = await (await fetch(`${url}/api/v1/query?${query.toString()}`)).json();
        const post = await (await fetch(`${url}/api/v1/query`, { method: 'POST', body: query })).json();
        expect(get).toEqual(post);
        expect(get).toMatchObject({ status: 'success', data: { resultType: 'vector' } });
      }
    } finally {
      await demo.stop();
    }
    await expect(fetch(demo.clusters[0]?.url ?? '')).rejects.toThrow();
  });

  test('a real Prometheus scrapes /metrics and answers the agent as the answerer does', async () => {
    const demo = await startDemo({ clock: { now: () => NOW }, seed: 3, host: '127.0.0.1', clean: true });
    const [first] = demo.clusters;
    const real = await startPrometheus({ targets: [{ job: 'demo', address: new URL(first?.url ?? '').host }] });
    try {
      const query =
        'max by (__name__,namespace,horizontalpodautoscaler) ({__name__=~"kube_horizontalpodautoscaler_(status_current|spec_max)_replicas"})';
      const ask = async (url: string, time: number) => {
        const answered = await fetch(
          `${url}/api/v1/query?${new URLSearchParams({ query, time: String(time) }).toString()}`,
        );
        return read((await answered.json()) as Body);
      };
      let scraped: Answered = new Map();
      for (let tries = 0; tries < 100 && scraped.size === 0; tries++) {
        scraped = await ask(real.url, Date.now() / 1_000);
        if (scraped.size === 0) await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const values = (answered: Answered) => [...answered].map(([key, [point]]) => [key, point?.value]).sort();
      expect(values(scraped)).toEqual(values(await ask(first?.url ?? '', NOW / 1_000)));
      expect(scraped.size).toBe(16);
    } finally {
      await real.stop();
      await demo.stop();
    }
  });
});
