import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type {
  AnomalyListAnswer,
  ClusterListAnswer,
  DiscoveryAnswer,
  ErrorAnswer,
  HpaListAnswer,
} from '../../agent/src/contract/api.ts';
import { SECOND } from '../../agent/src/core/clock.ts';
import { eventually, removeDataDirs, type AgentProcess } from '../rig/agent.ts';
import { ownersIn, shared, startSharingRig, type SharingRig } from '../rig/sharing-rig.ts';

/**
 * What people ask of an agent that does not watch the cluster in question. One of two agents has no kubeconfig. The tests follow each other.
 */

const EASE = 5;
const API = '/api/v1/monitoring';
let rig: SharingRig;
let full: AgentProcess;
let bare: AgentProcess;
let tunnelled = '';

beforeAll(async () => {
  rig = await startSharingRig(3, 2);
  tunnelled = rig.clusters[0] ?? '';
  [full, bare] = await Promise.all([rig.start('full'), rig.start('bare', { hasContext: false })]);
}, 60_000);
afterAll(async () => {
  await rig.stop();
  removeDataDirs();
}, 30_000);

const ownedBy = async (name: string): Promise<string[]> => ownersIn(await rig.agentsBy(full)).get(name) ?? [];

test('an agent without the context of a cluster does not claim it, says so, and says whom to ask', async () => {
  const owners = await shared(rig, bare, ['full', 'bare'], 15 * SECOND * EASE);
  expect(owners.get('full')).toContain(tunnelled);
  expect((await rig.agentsBy(full)).find(({ name }) => name === 'bare')?.cannot_reach).toEqual([tunnelled]);
  expect(bare.log()).toContainEqual(expect.objectContaining({ level: 'warn', clusters: [tunnelled] }));
  const { status, body } = await bare.api<ErrorAnswer>('GET', `/api/v1/clusters/${tunnelled}/hpas`);
  expect([status, body.code, body.message]).toEqual([502, 'cluster/unreachable', expect.stringContaining('ask full')]);
}, 120_000);

test('an HPA is enrolled on the one agent and collected by the other, within seconds', async () => {
  const { body: found } = await full.api<DiscoveryAnswer>('GET', `/api/v1/clusters/${tunnelled}/hpas`);
  const items = found.hpas.map(({ namespace, hpa }) => ({ cluster: tunnelled, namespace, hpa }));
  expect((await bare.api('POST', `${API}/hpas`, { items })).status).toBeLessThan(300);
  await eventually('its history is there, by what either says', 20 * SECOND * EASE, async () => {
    const lists = await Promise.all(
      [full, bare].map((one) => one.api<HpaListAnswer>('GET', `${API}/hpas?cluster=${tunnelled}`)),
    );
    return lists.every(({ body }) => body.hpas.length === 2 && body.hpas.every((hpa) => hpa.has_baseline)) || null;
  });
}, 120_000);

test('history is collected again by the one where the other was asked for it', async () => {
  const [hpa] = (await bare.api<HpaListAnswer>('GET', `${API}/hpas?cluster=${tunnelled}`)).body.hpas;
  const collected = () =>
    full.log().filter(({ msg, hpa: name }) => String(msg).startsWith('history collected') && name === hpa?.hpa).length;
  expect(collected()).toBe(1);
  const path = `${API}/hpas/${tunnelled}/${hpa?.namespace}/${hpa?.hpa}/backfill`;
  expect((await bare.api('POST', path)).status).toBeLessThan(300);
  await eventually('collected again', 20 * SECOND * EASE, () => collected() === 2 || null);
}, 120_000);

test('what fires is the same on both, and an acknowledgement on the one is known to the other', async () => {
  const firing = async (one: AgentProcess) =>
    (await one.api<AnomalyListAnswer>('GET', `${API}/anomalies?state=firing&cluster=${tunnelled}`)).body.anomalies;
  const [anomaly] = await eventually('something fires', 30 * SECOND * EASE, async () => {
    const found = await firing(bare);
    return found.length > 0 ? found : null;
  });
  const id = anomaly?.id ?? '';
  const countedBy = async (one: AgentProcess) =>
    (await one.api<{ firing_by_cluster: { cluster: string }[] }>('GET', `${API}/summary`)).body.firing_by_cluster.map(
      ({ cluster }) => cluster,
    );
  await eventually(
    'counted by both',
    10 * SECOND * EASE,
    async () =>
      (await Promise.all([full, bare].map(countedBy))).every((clusters) => clusters.includes(tunnelled)) || null,
  );
  expect((await bare.api('POST', `${API}/anomalies/${id}/ack`)).status).toBe(200);
  await eventually(
    'acknowledged, as the owner says',
    10 * SECOND * EASE,
    async () => (await firing(full)).some((one) => one.id === id && one.acknowledged_at !== null) || null,
  );
  const metrics = async (one: AgentProcess) =>
    (await fetch(`${one.url}/metrics`, { headers: { authorization: one.authorization } })).text();
  // To Prometheus each tells its own.
  const series = `hpa_watch_anomaly_firing{cluster="${tunnelled}"`;
  expect([(await metrics(full)).includes(series), (await metrics(bare)).includes(series)]).toEqual([true, false]);
}, 240_000);

test('a cluster is added and removed by agents that need not be its owner; its HPAs are stopped', async () => {
  const [, second] = rig.fleet.clusters;
  expect(
    (await bare.api('POST', '/api/v1/clusters', { name: 'added', prometheus_url: `${second?.url}/` })).status,
  ).toBe(201);
  const owner = await eventually('watched by one', 15 * SECOND * EASE, async () => {
    const { body } = await full.api<ClusterListAnswer>('GET', '/api/v1/clusters');
    return body.clusters.find(({ name }) => name === 'added')?.watched_by;
  });
  expect((await full.api('POST', `${API}/hpas`, { cluster: 'added', all: true })).status).toBeLessThan(300);
  const other = owner === 'full' ? bare : full;
  expect((await other.api('DELETE', '/api/v1/clusters/added')).status).toBe(200);
  await eventually('put down', 15 * SECOND * EASE, async () => {
    const [mine, theirs] = [await ownedBy('full'), await ownedBy('bare')];
    return ![...mine, ...theirs].includes('added') || null;
  });
  const rows = await rig.sql<{ enrolled: number }>("SELECT enrolled FROM hpa WHERE cluster = 'added'");
  expect(rows.map(({ enrolled }) => enrolled)).toEqual([0, 0]);
  const of = await bare.api<ErrorAnswer>('DELETE', `/api/v1/clusters/${tunnelled}`);
  expect([of.status, of.body.code]).toEqual([409, 'cluster/from-config']);
}, 120_000);
