import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HpaListAnswer } from '../../agent/src/contract/api.ts';
import { eventually, removeDataDirs, startAgentProcess, type AgentProcess } from '../rig/agent.ts';
import { documentedQuery, type DocumentedSubject } from '../rig/documented-queries.ts';
import type { HandMadeHpa } from '../rig/hand-made-hpa.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { freePort } from '../rig/free-port.ts';
import { startWorld, type World } from '../rig/world.ts';

/** From enrolment to the table people query: every value is what Prometheus itself answers for the documented query. */

const HPAS: HandMadeHpa[] = [
  {
    namespace: 'payments',
    hpa: 'api',
    kind: 'Deployment',
    target: 'api-server',
    pods: 3,
    containers: [
      { name: 'app', cores: 0.21, memoryMib: 310, cpuRequest: 0.5, memoryRequestMib: 512 },
      { name: 'istio-proxy', cores: 0.03, memoryMib: 60, cpuRequest: 0.1, memoryRequestMib: 128 },
    ],
    replicas: (at) => 2 + (Math.floor(at / 3_600_000) % 5),
    max: 9,
  },
  {
    namespace: 'data',
    hpa: 'store',
    kind: 'StatefulSet',
    target: 'store',
    pods: 2,
    containers: [{ name: 'db', cores: 0.4, memoryMib: 900, cpuRequest: 1, memoryRequestMib: 2_048 }],
  },
];

const VIEW_COLUMNS = [
  'cpu_current',
  'memory_current',
  'replicas_current',
  'cpu_target',
  'replicas_min',
  'replicas_max',
] as const;

let world: World;
beforeAll(async () => {
  world = await startWorld({ clusters: { prod: HPAS } });
}, 60_000);
afterAll(async () => {
  await world.stop();
  removeDataDirs();
});

const kubectls = await realKubectls();
describe.each(kubectls)('with $name', ({ path }) => {
  test('three days of every column equal what Prometheus answers at each of the 864 instants', async () => {
    const agent = await startAgentProcess({
      kubectl: { path, kubeconfig: world.kubeconfig },
      lanes: [await freePort(), await freePort()],
      clusters: [{ name: 'prod' }],
      slotDuration: '2s',
    });
    try {
      const { body } = await agent.api('POST', '/api/v1/monitoring/hpas', { cluster: 'prod', all: true });
      expect(body).toMatchObject({ created: 2, existing: 0, failed: 0 });
      await ready(agent, 2);
      for (const made of HPAS) await compare(agent, made);
    } finally {
      await agent.stop();
    }
  }, 90_000);
});

const ready = (agent: AgentProcess, count: number) =>
  eventually(`${count} baselines`, 60_000, async () => {
    const { body } = await agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas?state=ready');
    return body.total === count ? true : null;
  });

type ViewRow = Record<(typeof VIEW_COLUMNS)[number], number | null> & { timestamp: string };

async function compare(agent: AgentProcess, made: HandMadeHpa): Promise<void> {
  const rows = agent.sql<ViewRow>(
    'SELECT * FROM hpa_snapshots WHERE namespace = ? AND hpa_name = ? AND is_baseline = 1 ORDER BY timestamp',
    made.namespace,
    made.hpa,
  );
  expect(rows).toHaveLength(864);
  const times = rows.map(({ timestamp }) => Date.parse(timestamp) / 1_000);
  expect(times.every((time, i) => i === 0 || time - (times[i - 1] ?? 0) === 300)).toBe(true);
  for (const column of VIEW_COLUMNS) {
    const expected = await ask(column, made, times[0]!, times.at(-1)!);
    const wrong = rows.filter((row, i) => !close(row[column], expected.get(times[i]!)));
    expect({
      column,
      wrong: wrong
        .slice(0, 3)
        .map((row) => [row.timestamp, row[column], expected.get(Date.parse(row.timestamp) / 1_000)]),
    }).toEqual({
      column,
      wrong: [],
    });
  }
}

async function ask(
  column: string,
  subject: DocumentedSubject,
  start: number,
  end: number,
): Promise<Map<number, number>> {
  const prometheus = world.prometheus.get('prod')!;
  const form = new URLSearchParams({
    query: documentedQuery(column, subject),
    start: `${start}`,
    end: `${end}`,
    step: '300',
  });
  const response = await fetch(`${prometheus.url}/api/v1/query_range`, { method: 'POST', body: form });
  const { data } = (await response.json()) as { data: { result: { values: [number, string][] }[] } };
  expect(data.result).toHaveLength(1);
  return new Map(data.result[0]!.values.map(([time, value]) => [time, Number(value)]));
}

const close = (found: number | null, expected: number | undefined): boolean =>
  found !== null && expected !== undefined && Math.abs(found - expected) <= 1e-9 * Math.max(Math.abs(expected), 1e-12);
