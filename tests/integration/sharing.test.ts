import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HpaListAnswer, ClusterListAnswer, DiscoveryAnswer } from '../../agent/src/contract/api.ts';
import { MINUTE, SECOND } from '../../agent/src/core/clock.ts';
import { startFaultProxy, type FaultProxy } from '../faults/proxy.ts';
import { eventually, removeDataDirs, type AgentProcess } from '../rig/agent.ts';
import { ownersIn, shared, startSharingRig, type SharingRig } from '../rig/sharing-rig.ts';
import { startSlowLink, type SlowLink } from '../rig/slow-link.ts';

/**
 * Three real agents, one real PostgreSQL, six clusters, one of them through kubectl. The tests follow each other: what one leaves is where the next
 * begins. The lease is the usual one, 15 s.
 */

const EASE = 5;
let rig: SharingRig;
let [a, b, c]: AgentProcess[] = [];
/** Of the third agent, when it is back. */
let link: SlowLink | undefined;
const proxies: FaultProxy[] = [];
const started = Date.now();

beforeAll(async () => {
  rig = await startSharingRig(6, 2);
}, 60_000);
afterAll(async () => {
  await rig.stop();
  await Promise.all([link?.stop(), ...proxies.map((proxy) => proxy.stop())]);
  removeDataDirs();
}, 30_000);

const agent = (one: AgentProcess | undefined): AgentProcess => {
  if (!one) throw new Error('this agent was not started');
  return one;
};
/** When each cluster was scanned last, by what an agent says. */
const lastScans = async (by: AgentProcess): Promise<Map<string, number>> =>
  new Map(
    (await rig.agentsBy(by)).flatMap(({ clusters }) =>
      clusters.map(({ cluster, last_scan: at }) => [cluster, at === null ? 0 : Date.parse(at)]),
    ),
  );
const metricsOf = async (one: AgentProcess): Promise<string> =>
  (await fetch(`${one.url}/metrics`, { headers: { authorization: one.authorization } })).text();
const said = (one: AgentProcess, text: string) => one.log().filter(({ msg }) => String(msg).includes(text));

/** Every message that was delivered, each once; of each subject no two firing ones. */
function expectToldOnce(): void {
  const deliveries = rig.told.received.map(({ headers }) => headers['x-hpa-watch-delivery']);
  expect(new Set(deliveries).size).toBe(deliveries.length);
  const firing = rig.told.received
    .map(({ body }) => JSON.parse(body) as { event: string; id?: string; subject?: string })
    .filter(({ event }) => event === 'firing')
    .map(({ id, subject }) => subject ?? id);
  expect(firing.length).toBeGreaterThan(0);
  expect(new Set(firing).size).toBe(firing.length);
}

/** Since they were enrolled no minute is missing that was scraped, and none is there twice. */
async function expectNoMinuteMissing(): Promise<void> {
  const rows = await rig.sql<{ cluster: string; name: string; ts: string }>(
    `SELECT h.cluster, h.name, s.ts FROM sample s JOIN hpa h ON h.id = s.hpa_id
     WHERE s.ts >= ${Math.ceil(started / MINUTE) * MINUTE} ORDER BY h.cluster, h.name, s.ts`,
  );
  const missedIn = new Map(rig.fleet.clusters.map(({ name, missed }) => [name, missed]));
  for (const [key, minutes] of Map.groupBy(rows, ({ cluster, name }) => `${cluster}/${name}`)) {
    const cluster = key.slice(0, key.lastIndexOf('/'));
    const times = minutes.map(({ ts }) => Number(ts));
    const [first = 0] = times;
    const due = Array.from(
      { length: Math.round(((times.at(-1) ?? first) - first) / MINUTE) + 1 },
      (_, i) => first + i * MINUTE,
    );
    const scraped = due.filter((ts) => !(missedIn.get(cluster) ?? []).some((at) => Math.abs(at - ts) < MINUTE));
    expect({ key, times: times.filter((ts) => scraped.includes(ts)) }).toEqual({ key, times: scraped });
  }
}

test('three agents share the clusters evenly, and any of them answers for all', async () => {
  [a, b, c] = await Promise.all(['agent-a', 'agent-b', 'agent-c'].map((name) => rig.start(name)));
  const owners = await shared(rig, agent(a), ['agent-a', 'agent-b', 'agent-c'], 30 * SECOND * EASE);
  expect([...owners.values()].map(({ length }) => length)).toEqual([2, 2, 2]);
  expect(await shared(rig, agent(b), ['agent-a', 'agent-b', 'agent-c'], 10 * SECOND * EASE)).toEqual(owners);

  // Enrolled on one agent, whoever watches the cluster.
  for (const cluster of rig.clusters)
    expect((await agent(a).api('POST', '/api/v1/monitoring/hpas', { cluster, all: true })).status).toBeLessThan(300);
  await eventually('every HPA has its history, by what another agent says', 60 * SECOND * EASE, async () => {
    const { body } = await agent(c).api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas?limit=100');
    return (
      (body.hpas.length === 12 && body.hpas.every(({ has_baseline: has, last_scan: at }) => has && at !== null)) || null
    );
  });
  await eventually('somebody was told', 30 * SECOND * EASE, () => rig.told.received.length > 0 || null);
  const lists = await Promise.all(
    [a, b, c].map(async (one) => (await agent(one).api<ClusterListAnswer>('GET', '/api/v1/clusters')).body.clusters),
  );
  for (const clusters of lists) expect(clusters.map(({ name }) => name).sort()).toEqual([...rig.clusters].sort());
}, 400_000);

test('an agent is asked for what a cluster shows that another one watches: it opens a way of its own, and none is left', async () => {
  const owners = ownersIn(await rig.agentsBy(agent(a)));
  const tunnelled = rig.clusters[0] ?? '';
  const stranger = owners.get('agent-a')?.includes(tunnelled) ? agent(b) : agent(a);
  const { status, body } = await stranger.api<DiscoveryAnswer>('GET', `/api/v1/clusters/${tunnelled}/hpas`);
  expect([status, body.hpas.length, body.hpas.every(({ enrolled }) => enrolled)]).toEqual([200, 2, true]);
  expect(stranger.forwards()).toEqual([]);
}, 60_000);

describe('an agent is killed', () => {
  let killedAt = 0;
  test('its clusters are scanned by the others within 30 s, and what was missed is there', async () => {
    const lost = ownersIn(await rig.agentsBy(agent(a))).get('agent-c') ?? [];
    expect(lost).toHaveLength(2);
    await agent(c).kill();
    killedAt = Date.now();
    await eventually('scanned by others', 30 * SECOND * EASE, async () => {
      const scans = await lastScans(agent(a));
      return lost.every((name) => (scans.get(name) ?? 0) > killedAt) || null;
    });
    const ms = Date.now() - killedAt;
    console.log(`clusters of a killed agent scanned by others after ${ms} ms`);
    expect(ms).toBeLessThan(30 * SECOND);
    await shared(rig, agent(b), ['agent-a', 'agent-b'], 10 * SECOND * EASE);
    await expectNoMinuteMissing();
    expectToldOnce();
  }, 200_000);
});

describe('it comes back, and is frozen past its lease in the middle of its first scans', () => {
  test('back, it is given its share', async () => {
    const addresses: Record<string, string> = {};
    for (const { name, url } of rig.fleet.clusters) {
      const proxy = await startFaultProxy(url, Date.now);
      proxy.hold(({ path }) => path.includes('query_range'));
      proxies.push(proxy);
      addresses[name] = `http://127.0.0.1:${proxy.port}`;
    }
    // What it asks the database takes so long that its late write is on its way before it hears that others took over.
    link = await startSlowLink(rig.postgres.port, 60);
    const databaseUrl = rig.databaseUrl.replace(`:${rig.postgres.port}/`, `:${link.port}/`);
    // Its slots are so long that none ends while it is frozen.
    c = await rig.start('agent-c', { databaseUrl, addresses, settings: { slotDuration: '2m' } });
    const owners = await shared(rig, agent(a), ['agent-a', 'agent-b', 'agent-c'], 15 * SECOND * EASE);
    expect([...owners.values()].map(({ length }) => length)).toEqual([2, 2, 2]);
  }, 200_000);

  test('another takes over; thawed, its late write is refused, it notices, steps back and is given its share anew', async () => {
    await eventually(
      'scans of it wait for their answers',
      20 * SECOND * EASE,
      () => proxies.some((proxy) => proxy.held() > 0) || null,
    );
    const lost = ownersIn(await rig.agentsBy(agent(a))).get('agent-c') ?? [];
    const before = await rig.sql<{ cluster: string; fence: string }>('SELECT cluster, fence FROM cluster_lease');
    agent(c).freeze();
    const frozenAt = Date.now();
    await eventually('taken over and scanned', 30 * SECOND * EASE, async () => {
      const owners = ownersIn(await rig.agentsBy(agent(a)));
      const scans = await lastScans(agent(a));
      return (!owners.has('agent-c') && lost.every((name) => (scans.get(name) ?? 0) > frozenAt)) || null;
    });
    expect(Date.now() - frozenAt).toBeLessThan(30 * SECOND);
    const rows = () => rig.sql<object>('SELECT * FROM sample ORDER BY hpa_id, ts');
    const written = await rows();

    proxies.forEach((proxy) => proxy.release());
    agent(c).thaw();
    await eventually('refused', 15 * SECOND * EASE, () => said(agent(c), 'a write was refused')[0] ?? null);
    expect(await metricsOf(agent(c))).toMatch(/^hpa_watch_fenced_writes_total\{cluster="[^"]+"\} [1-9]/m);
    await eventually(
      'stepped back',
      15 * SECOND * EASE,
      () => said(agent(c), 'it steps back and joins anew')[0] ?? null,
    );
    const inCommon = new Map((await rows()).map((row) => [JSON.stringify(row), row]));
    expect(written.filter((row) => !inCommon.has(JSON.stringify(row)))).toEqual([]);

    await shared(rig, agent(b), ['agent-a', 'agent-b', 'agent-c'], 15 * SECOND * EASE);
    const after = new Map(
      (await rig.sql<{ cluster: string; fence: string }>('SELECT cluster, fence FROM cluster_lease')).map(
        ({ cluster, fence }) => [cluster, Number(fence)],
      ),
    );
    for (const { cluster, fence } of before.filter((lease) => lost.includes(lease.cluster)))
      expect(after.get(cluster)).toBeGreaterThan(Number(fence));
    await expectNoMinuteMissing();
    expectToldOnce();
  }, 200_000);
});

test('an agent that is stopped hands over at once', async () => {
  const owned = ownersIn(await rig.agentsBy(agent(a))).get('agent-b') ?? [];
  const { code, ms } = await agent(b).stop();
  const stoppedAt = Date.now();
  expect([code, ms < 5 * SECOND * EASE]).toEqual([0, true]);
  const owners = await shared(rig, agent(a), ['agent-a', 'agent-c'], 5 * SECOND * EASE);
  console.log(`clusters of a stopped agent taken over after ${Date.now() - stoppedAt} ms`);
  expect([...owners.values()].flat()).toEqual(expect.arrayContaining(owned));
  expect((await rig.agentsBy(agent(a))).find(({ name }) => name === 'agent-b')?.state).toBe('left');
  expectToldOnce();
}, 120_000);
