import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClusterListAnswer, LastScan, TimeslotsAnswer } from '../../agent/src/contract/api.ts';
import { eventually, removeDataDirs, startAgentProcess, type AgentProcess, type AgentSettings } from '../rig/agent.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { freePort } from '../rig/free-port.ts';
import { markedHpa, startWorld, type World } from '../rig/world.ts';

/** Many clusters on two local ports: nobody answers for another, whoever comes and goes. */

const kubectls = await realKubectls();
const CLUSTERS = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];
/** Replicas tell the cluster: c1 has 1, c2 has 2, ... */
const markOf = (cluster: string): number => Number(cluster.slice(1));

let world: World;
let agent: AgentProcess | undefined;
beforeAll(async () => {
  world = await startWorld({
    clusters: Object.fromEntries(CLUSTERS.map((name) => [name, [markedHpa(markOf(name))]])),
    hours: 6,
  });
}, 60_000);
afterEach(async () => {
  await agent?.stop();
  agent = undefined;
});
afterAll(async () => {
  await world.stop();
  removeDataDirs();
});

async function start(path: string, more: AgentSettings): Promise<AgentProcess> {
  agent = await startAgentProcess({
    kubectl: { path, kubeconfig: world.kubeconfig },
    lanes: [await freePort(), await freePort()],
    slotDuration: '2s',
    ...more,
  });
  return agent;
}

const enrol = async (on: AgentProcess, cluster: string) => {
  const { status } = await on.api('POST', '/api/v1/monitoring/hpa', { cluster, namespace: 'shop', hpa: 'api' });
  expect(status).toBe(201);
};

const timeslots = async (on: AgentProcess) =>
  (await on.api<TimeslotsAnswer>('GET', '/api/v1/monitoring/timeslots')).body;

/** The plan of so many clusters; with `slots` once their lanes are even again, which is at the next boundary of a cycle. */
const plan = (on: AgentProcess, clusters: number, slots?: number) =>
  eventually(`a plan of ${clusters} clusters${slots === undefined ? '' : ` in ${slots} slots`}`, 15_000, async () => {
    const body = await timeslots(on);
    const { total_clusters, total_slots } = body.configuration;
    return total_clusters === clusters && (slots === undefined || total_slots === slots) ? body : null;
  });

/** Distinct scans of each cluster from now on, until everyone has `count`. */
async function passes(
  on: AgentProcess,
  clusters: readonly string[],
  count: number,
  withinMs: number,
): Promise<Map<string, LastScan[]>> {
  const seen = new Map<string, Map<string, LastScan>>(clusters.map((name) => [name, new Map()]));
  await eventually(`${count} passes of ${clusters.join(', ')}`, withinMs, async () => {
    const { body } = await on.api<ClusterListAnswer>('GET', '/api/v1/clusters');
    for (const { name, last_scan } of body.clusters)
      if (last_scan) seen.get(name)?.set(last_scan.started_at, last_scan);
    return [...seen.values()].every((scans) => scans.size >= count) ? true : null;
  });
  return new Map([...seen].map(([name, scans]) => [name, [...scans.values()]]));
}

/** Rows whose numbers belong to another cluster: replicas, minimum and memory all carry the cluster's mark. */
const strangers = (on: AgentProcess) =>
  on.sql(`SELECT * FROM hpa_snapshots WHERE replicas_current <> CAST(substr(cluster, 2) AS INTEGER)
    OR replicas_min <> CAST(substr(cluster, 2) AS INTEGER)
    OR abs(memory_current - 100.0 * CAST(substr(cluster, 2) AS INTEGER)) > 11.0 * CAST(substr(cluster, 2) AS INTEGER)`);

describe.each(kubectls)('with $name', ({ path }) => {
  test('four clusters in two slots: four forwards at once on two ports, and after ten passes not one value in the wrong cluster', async () => {
    const on = await start(path, {});
    const four = CLUSTERS.slice(0, 4);
    for (const cluster of four) await enrol(on, cluster);
    const { configuration } = await plan(on, 4);
    expect(configuration).toMatchObject({ total_slots: 2, slot_duration: '2s', cycle_duration: '4s' });
    const scans = await passes(on, four, 10, 70_000);
    expect([...scans.values()].flat().filter(({ result }) => result !== 'ok')).toEqual([]);
    const forwards = on.forwards();
    expect(forwards).toHaveLength(4);
    expect([...new Set(forwards.map(({ port }) => port))].sort()).toEqual([...configuration.ports].sort());
    expect(new Set(forwards.map(({ address, port }) => `${address}:${port}`)).size).toBe(4);
    expect(on.sql('SELECT DISTINCT cluster FROM hpa_snapshots ORDER BY cluster').map(({ cluster }) => cluster)).toEqual(
      four,
    );
    expect(strangers(on)).toEqual([]);
  }, 120_000);

  test('the same four in rotating mode: never two kubectl on one port, no value in the wrong cluster', async () => {
    const on = await start(path, { forwardMode: 'rotating' });
    const four = CLUSTERS.slice(0, 4);
    for (const cluster of four) await enrol(on, cluster);
    await plan(on, 4);
    let most = 0;
    const watch = setInterval(() => {
      const ports = on.forwards().map(({ port }) => port);
      most = Math.max(most, ports.length - new Set(ports).size);
    }, 20);
    try {
      const scans = await passes(on, four, 4, 60_000);
      expect([...scans.values()].every((each) => each.some(({ result }) => result === 'ok'))).toBe(true);
    } finally {
      clearInterval(watch);
    }
    expect(most).toBe(0);
    await eventually('history in the time left of the slots', 30_000, () => {
      const rows = on.sql<{ cluster: string }>('SELECT DISTINCT cluster FROM hpa_snapshots WHERE is_baseline = 1');
      return rows.length === 4 ? rows : null;
    });
    expect(strangers(on)).toEqual([]);
  }, 120_000);
});

test('clusters come and go: six share three slots, three leave a lane empty, none is idle, one alone is scanned on every pass', async () => {
  const { path } = kubectls.at(-1)!;
  const on = await start(path, {});
  for (const cluster of CLUSTERS) await enrol(on, cluster);
  const six = await plan(on, 6);
  expect(six.configuration).toMatchObject({ total_slots: 3, cycle_duration: '6s' });
  await passes(on, CLUSTERS, 2, 40_000);

  for (const cluster of ['c2', 'c4', 'c6'])
    expect((await on.api('DELETE', `/api/v1/clusters/${cluster}`)).status).toBe(200);
  const three = await plan(on, 3, 2);
  const places = three.slots.flatMap((slot) => slot.lanes.map(({ cluster }) => cluster));
  expect(three.configuration.total_slots).toBe(2);
  expect(places.filter((cluster) => cluster === null)).toHaveLength(1);
  expect(places.filter(Boolean).sort()).toEqual(['c1', 'c3', 'c5']);
  await passes(on, ['c1', 'c3', 'c5'], 3, 40_000);
  await eventually('three forwards', 10_000, () => (on.forwards().length === 3 ? true : null));

  for (const cluster of ['c1', 'c3']) await on.api('DELETE', `/api/v1/clusters/${cluster}`);
  const one = await plan(on, 1, 1);
  expect(one.configuration).toMatchObject({ total_slots: 1, cycle_duration: '2s' });
  const since = Date.now();
  const alone = (await passes(on, ['c5'], 7, 30_000))
    .get('c5')!
    .map(({ started_at }) => Date.parse(started_at))
    .filter((at) => at >= since)
    .sort();
  expect(alone.length).toBeGreaterThanOrEqual(5);
  for (const [i, at] of alone.entries()) if (i > 0) expect(at - alone[i - 1]!).toBeLessThan(2_900);

  await on.api('DELETE', '/api/v1/clusters/c5');
  const idle = await plan(on, 0);
  expect(idle).toMatchObject({ configuration: { total_slots: 0 }, current_cycle: null, slots: [] });
  await eventually('no forward left', 10_000, () => (on.forwards().length === 0 ? true : null));
  expect(strangers(on)).toEqual([]);
}, 180_000);
