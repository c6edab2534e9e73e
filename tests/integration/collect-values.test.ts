import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import type { Sample } from '../../agent/src/domain/sample.ts';
import { CLUSTER, noDeadline, startCollectRig, type CollectRig } from '../rig/collect-rig.ts';
import { documentedQuery } from '../rig/documented-queries.ts';
import { seriesOf, type HandMadeHpa } from '../rig/hand-made-hpa.ts';
import { startPrometheus, type RealPrometheus } from '../rig/prometheus.ts';

const NOW = Date.UTC(2026, 9, 7, 12, 2, 20);
const START = NOW - 4 * HOUR - (NOW % MINUTE);
const app = (cores: number) => ({ name: 'app', cores, memoryMib: 300, cpuRequest: 0.5, memoryRequestMib: 512 });
const proxy = { name: 'istio-proxy', cores: 0.03, memoryMib: 60, cpuRequest: 0.1, memoryRequestMib: 128 };

const base = { namespace: 'shop', kind: 'Deployment', pods: 3, containers: [app(0.2), proxy] };
const long = 'a-deployment-with-a-name-so-long-that-its-pods-must-be-cut-short';
const made = {
  api: { ...base, hpa: 'api', target: 'api' },
  gateway: { ...base, hpa: 'api-gateway', target: 'api-gateway', pods: 2, containers: [app(0.4)], cpuTarget: 55 },
  renamed: { ...base, hpa: 'autoscaler-of-cart', target: 'cart', containers: [app(0.11)] },
  long: { ...base, hpa: 'long', target: long, containers: [app(0.15)] },
  stateful: { ...base, hpa: 'db', kind: 'StatefulSet', target: 'db', containers: [app(0.3)] },
  rollout: { ...base, hpa: 'web', kind: 'Rollout', target: 'web', pods: 4, containers: [app(0.25), proxy] },
  custom: { ...base, hpa: 'clone', kind: 'CloneSet', target: 'clone', containers: [app(0.07)] },
  application: { ...base, hpa: 'suite', kind: 'Application', target: 'suite', containers: [app(0.08)] },
  replicaSet: { ...base, hpa: 'bare', kind: 'ReplicaSet', target: 'bare', containers: [app(0.09)] },
  twice: {
    ...base,
    hpa: 'twice',
    target: 'twice',
    stateJobs: ['kube-state-metrics', 'kube-state-metrics-2'],
    cadvisorJobs: ['kubelet', 'cadvisor'],
  },
  restarted: { ...base, hpa: 'restarted', target: 'restarted', restartAt: NOW - HOUR - (NOW % MINUTE) + 30_000 },
  noRequest: { ...base, hpa: 'free', target: 'free', containers: [{ name: 'app', cores: 0.2, memoryMib: 100 }] },
  // Only the sidecar requests CPU.
  half: { ...base, hpa: 'half', target: 'half', containers: [{ name: 'app', cores: 0.2, memoryMib: 100 }, proxy] },
  secondOfOne: { ...base, hpa: 'api-nights', target: 'api', pods: 0, replicas: () => 3, containers: [], cpuTarget: 90 },
} satisfies Record<string, HandMadeHpa>;
// The same names in another namespace: the grouped queries match the cross product.
const otherNamespace: HandMadeHpa = { ...made.api, namespace: 'lab', containers: [app(0.45)], pods: 1 };
const all: HandMadeHpa[] = [...Object.values(made), otherNamespace];

let prometheus: RealPrometheus;
let rig: CollectRig;
beforeAll(async () => {
  const series = all.flatMap(seriesOf);
  prometheus = await startPrometheus({ history: { series, span: { start: START, end: NOW, stepMs: 30_000 } } });
  rig = await startCollectRig(prometheus.url, NOW, { windowMs: 3 * HOUR, groupSize: 4 });
  await rig.enrol(all);
  await rig.collector.backfill(rig.session, noDeadline());
}, 120_000);
afterAll(async () => {
  await rig?.close();
  await prometheus?.stop();
});

const END = NOW - (NOW % (5 * MINUTE));
const WINDOW = { start: END - 3 * HOUR + 5 * MINUTE, end: END, stepMs: 5 * MINUTE };
const rowsOf = ({ namespace, hpa }: HandMadeHpa) => rig.series(namespace, hpa, WINDOW.start, WINDOW.end);

const COLUMNS: [string, keyof Sample][] = [
  ['cpu_current', 'cpuCurrent'],
  ['memory_current', 'memoryCurrent'],
  ['memory_utilization', 'memoryUtilization'],
  ['replicas_current', 'replicasCurrent'],
  ['replicas_desired', 'replicasDesired'],
  ['replicas_min', 'replicasMin'],
  ['replicas_max', 'replicasMax'],
  ['replicas_ready', 'replicasReady'],
  ['cpu_target', 'cpuTarget'],
  ['pressure', 'pressure'],
  ['scaling_active', 'scalingActive'],
];

async function expectDocumented(hpa: HandMadeHpa, column: string, key: keyof Sample): Promise<void> {
  const rows = await rowsOf(hpa);
  const query = documentedQuery(column, hpa);
  const [told] = await rig.prometheus.range({ query, ...WINDOW });
  expect(rows).toHaveLength(36);
  expect(told?.values).toHaveLength(36);
  for (const [index, row] of rows.entries()) {
    expect(row.ts).toBe(told?.times[index]);
    const expected = told?.values[index] as number;
    expect(Math.abs((row[key] as number) - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected));
  }
}

const withRequests: [string, HandMadeHpa][] = [
  ...Object.entries(made).filter(([name]) => name !== 'noRequest'),
  ['other', otherNamespace],
];
describe.each(withRequests)('every value of %s is what Prometheus answers for the documented query', (_name, hpa) => {
  // The second HPA of one target has no pods of its own in the hand-made list, but its target has.
  test.each(COLUMNS)('%s', (column, key) => expectDocumented(hpa, column, key));
});

test('without any CPU request the basis is one core, and memory has no utilization', async () => {
  await expectDocumented(made.noRequest, 'cpu_current_core', 'cpuCurrent');
  const rows = await rowsOf(made.noRequest);
  expect(new Set(rows.map(({ cpuBasis }) => cpuBasis))).toEqual(new Set(['core']));
  expect(rows.every(({ memoryUtilization }) => memoryUtilization === null)).toBe(true);
  expect((await rowsOf(made.api)).every(({ cpuBasis }) => cpuBasis === 'request')).toBe(true);
});

test('an instant query at single instants gives the same value', async () => {
  const rows = await rowsOf(made.rollout);
  for (const row of [rows[0], rows[17], rows[35]]) {
    const query = documentedQuery('cpu_current', made.rollout);
    const [told] = await rig.prometheus.instant({ query, time: row?.ts ?? 0 });
    expect(Math.abs((row?.cpuCurrent ?? NaN) / (told?.values[0] ?? NaN) - 1)).toBeLessThan(1e-9);
  }
});

const meanCpu = async (hpa: HandMadeHpa) => {
  const rows = await rowsOf(hpa);
  return rows.reduce((sum, row) => sum + (row.cpuCurrent ?? NaN), 0) / rows.length;
};

test('`api` and `api-gateway` never see the pods of each other, nor those of another namespace', async () => {
  // (0.2 + 0.03) / 0.6, 0.4 / 0.5, 0.45 / 0.5, each within the daily swing of a third
  for (const [hpa, percent] of [
    [made.api, 38.3],
    [made.gateway, 80],
    [otherNamespace, 90],
  ] as const) {
    expect(Math.abs((await meanCpu(hpa)) / percent - 1)).toBeLessThan(0.34);
  }
  const ratio = (await meanCpu(made.gateway)) / (await meanCpu(otherNamespace));
  expect(ratio).toBeCloseTo(80 / 90, 9);
});

test('two scrapers of kube-state-metrics and of cAdvisor double nothing', async () => {
  const [one, two] = [await rowsOf(made.api), await rowsOf(made.twice)];
  // Pod names differ in length, and so in the phase of their memory.
  for (const [index, row] of two.entries()) {
    expect(row.cpuCurrent).toBeCloseTo(one[index]?.cpuCurrent ?? NaN, 9);
    expect(row.replicasCurrent).toBe(3);
    expect(row.replicasReady).toBe(3);
    expect(row.memoryCurrent).toBeGreaterThan(300);
    expect(row.memoryCurrent).toBeLessThan(400);
  }
});

test('a container restart (counter reset) gives no spike', async () => {
  const [steady, restarted] = [await rowsOf(made.api), await rowsOf(made.restarted)];
  for (const [index, row] of restarted.entries()) {
    expect(row.cpuCurrent).toBeLessThanOrEqual(1.001 * (steady[index]?.cpuCurrent ?? NaN));
    expect(row.cpuCurrent).toBeGreaterThan(0.75 * (steady[index]?.cpuCurrent ?? NaN));
  }
});

test('two HPAs on one target both get the values of its pods, each with its own target', async () => {
  const [first, second] = [await rowsOf(made.api), await rowsOf(made.secondOfOne)];
  expect(second.map(({ cpuCurrent }) => cpuCurrent)).toEqual(first.map(({ cpuCurrent }) => cpuCurrent));
  expect(first[0]?.cpuTarget).toBe(70);
  expect(second[0]?.cpuTarget).toBe(90);
});

test('discovery shows every HPA with its target, limits and metrics', async () => {
  const { hpas, notes } = await rig.collector.discover(rig.session);
  expect(hpas.map(({ namespace, hpa }) => `${namespace}/${hpa}`)).toEqual(
    all.map(({ namespace, hpa }) => `${namespace}/${hpa}`).sort(),
  );
  expect(hpas.find(({ hpa }) => hpa === 'autoscaler-of-cart')).toEqual({
    namespace: 'shop',
    hpa: 'autoscaler-of-cart',
    target: { kind: 'Deployment', name: 'cart' },
    replicasMin: 1,
    replicasMax: 10,
    replicasCurrent: 3,
    metrics: [{ name: 'cpu', type: 'utilization', container: null, target: 70 }],
  });
  expect(notes).toEqual([]);
  expect(rig.session.cluster).toBe(CLUSTER);
});
