import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { AnomalyListAnswer, SummaryAnswer } from '../../agent/src/contract/api.ts';
import { systemClock } from '../../agent/src/core/clock.ts';
import { startDemo, type RunningDemo } from '../../agent/src/demo/start.ts';
import { eventually, newDataDir, removeDataDirs, startAgentProcess, type AgentProcess } from '../rig/agent.ts';
import { startHttpReceiver, type HttpReceiver } from '../rig/http-receiver.ts';
import { freePort } from '../rig/prometheus.ts';

/** A whole agent over the simulated fleet: what is wrong in the story is found, told once, and survives a restart. */

let story: RunningDemo;
let receiver: HttpReceiver;
let agent: AgentProcess | undefined;
beforeAll(async () => {
  story = await startDemo({ clock: systemClock, seed: 1, host: '127.0.0.1' });
  receiver = await startHttpReceiver();
}, 60_000);
afterEach(async () => {
  await agent?.stop();
  agent = undefined;
});
afterAll(async () => {
  await story.stop();
  await receiver.stop();
  removeDataDirs();
});

async function start(demo: RunningDemo, dataDir: string): Promise<AgentProcess> {
  agent = await startAgentProcess({
    dataDir,
    slotDuration: '2s',
    lanes: [await freePort(), await freePort()],
    clusters: demo.clusters.map(({ name, url }) => ({ name, prometheusUrl: url })),
    notify: [{ type: 'webhook', url: receiver.url, minSeverity: 'warning' }],
  });
  return agent;
}

const enrolAll = (on: AgentProcess, demo: RunningDemo) =>
  Promise.all(demo.clusters.map(({ name }) => on.api('POST', '/api/v1/monitoring/hpas', { cluster: name, all: true })));

const firing = async (on: AgentProcess) =>
  (await on.api<AnomalyListAnswer>('GET', '/api/v1/monitoring/anomalies?state=firing&limit=100')).body.anomalies;

const keyOf = ({ cluster, namespace, hpa }: { cluster: string; namespace: string; hpa: string }) =>
  `${cluster}/${namespace}/${hpa}`;

test('incidents under way are found with the right kind and a sentence, told once, and keep their id over a restart', async () => {
  const dataDir = newDataDir();
  const on = await start(story, dataDir);
  await enrolAll(on, story);
  const now = Date.now();
  // Long enough under way for a rule that asks for minutes, and one whose kinds show at once.
  const spike = story.labels.find(
    ({ kind, start, end }) => kind === 'traffic_spike' && start < now - 8 * 60_000 && end > now + 60_000,
  );
  expect(spike).toBeDefined();
  const found = await eventually('the traffic spike', 90_000, async () => {
    const anomalies = (await firing(on)).filter((anomaly) => keyOf(anomaly) === keyOf(spike!));
    return anomalies.some(({ kind }) => spike!.expected.includes(kind)) ? anomalies : null;
  });
  for (const anomaly of found) {
    expect(anomaly.sentence).toContain(`${spike!.namespace}/${spike!.hpa}`);
    expect(anomaly.promql.length).toBeGreaterThan(10);
  }
  const banded = found.find(({ band }) => band !== null);
  expect(banded?.sentence).toMatch(/is .*\d.*usually .*\d/);
  const { body: summary } = await on.api<SummaryAnswer>('GET', '/api/v1/monitoring/summary');
  expect(summary.firing.critical + summary.firing.warning).toBeGreaterThan(0);
  expect(summary.worst[0]?.sentence).toBeTruthy();

  const told = await eventually('a notification', 20_000, () => {
    const all = about(spike!);
    return all.length > 0 ? all : null;
  });
  expect(told).toHaveLength(1);

  const ids = found.map(({ id }) => id).sort();
  await on.kill();
  const again = await start(story, dataDir);
  await eventually('two more scans', 60_000, () => {
    const [row] = again.sql<{ at: number }>('SELECT MIN(last_scan_at) AS at FROM scan_state');
    return row && row.at > now + 20_000 && row.at > Date.now() - 30_000 ? row : null;
  });
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const after = (await firing(again)).filter((anomaly) => keyOf(anomaly) === keyOf(spike!));
  expect(after.map(({ id }) => id).sort()).toEqual(expect.arrayContaining(ids));
  expect(about(spike!)).toHaveLength(1);
}, 240_000);

test('a clean day shows none', async () => {
  const clean = await startDemo({ clock: systemClock, seed: 3, host: '127.0.0.1', clean: true });
  try {
    const on = await start(clean, newDataDir());
    await enrolAll(on, clean);
    await eventually('every HPA judged', 90_000, () => {
      const [row] = on.sql<{ judged: number }>(
        'SELECT COUNT(*) AS judged FROM detector_state WHERE profile IS NOT NULL',
      );
      return row?.judged === 24 ? row : null;
    });
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect((await firing(on)).map(({ sentence }) => sentence)).toEqual([]);
  } finally {
    await agent?.stop();
    agent = undefined;
    await clean.stop();
  }
}, 180_000);

type Told = { event: string; namespace: string | null; hpa: string | null; cluster: string };

/** Beginnings that the webhook heard about one HPA. */
const about = (wanted: { cluster: string; namespace: string; hpa: string }): Told[] =>
  receiver.received
    .map(({ body }) => JSON.parse(body) as Told)
    .filter(
      (told) =>
        told.event === 'firing' &&
        told.cluster === wanted.cluster &&
        told.namespace === wanted.namespace &&
        told.hpa === wanted.hpa,
    );
