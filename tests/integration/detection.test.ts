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
  // A quarter of an hour into the story every incident of it is under way.
  story = await startDemo({ clock: systemClock, seed: 1, host: '127.0.0.1', since: Date.now() - 15 * 60_000 });
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

const anomaliesOf = async (on: AgentProcess, state: string) =>
  (await on.api<AnomalyListAnswer>('GET', `/api/v1/monitoring/anomalies?state=${state}&limit=200`)).body.anomalies;

type Place = { cluster: string; namespace: string; hpa: string };
const keyOf = ({ cluster, namespace, hpa }: Place) => `${cluster}/${namespace}/${hpa}`;
/**
 * What can be read as it is. How far a load departs depends on the hour and the day at which this test runs; the labelled benchmark
 * (`npm run bench -- detection`) has the figures of those.
 */
const SHOWN_AT_ANY_HOUR: ReadonlySet<string> = new Set([
  'traffic_spike',
  'flapping',
  'metrics_lost',
  'scaling_blocked',
  'replicas_overwritten',
  'max_changed',
  'pods_pending',
]);

const ofHpa = (wanted: Place) => (anomaly: Place) => keyOf(anomaly) === keyOf(wanted);

test('incidents of the story are found with a right kind and a sentence, told once, and keep their id over a restart', async () => {
  const dataDir = newDataDir();
  const on = await start(story, dataDir);
  await enrolAll(on, story);
  const now = Date.now();
  const underWay = story.labels
    .filter(({ kind }) => SHOWN_AT_ANY_HOUR.has(kind))
    .filter(({ start: from, end }) => from < now - 8 * 60_000 && end > now + 60_000);
  expect(new Set(underWay.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(5);
  const missing = async () => {
    const seen = await anomaliesOf(on, 'firing,resolved');
    return underWay.filter(
      (label) => !seen.some((found) => ofHpa(label)(found) && label.expected.includes(found.kind)),
    );
  };
  let left = underWay;
  await eventually('every incident', 120_000, async () => ((left = await missing()).length === 0 ? true : null)).catch(
    () => undefined,
  );
  expect(left.map(({ kind, namespace, hpa, expected }) => ({ kind, namespace, hpa, expected }))).toEqual([]);

  const found = await anomaliesOf(on, 'firing');
  for (const anomaly of found) {
    expect(anomaly.sentence).toContain(`${anomaly.namespace}/${anomaly.hpa}`);
    expect(anomaly.promql.length).toBeGreaterThan(10);
    if (anomaly.band && anomaly.kind.endsWith('_deviation')) expect(anomaly.sentence).toMatch(/ is .*\d.*usually .*\d/);
  }
  const { body: summary } = await on.api<SummaryAnswer>('GET', '/api/v1/monitoring/summary');
  expect(summary.firing.critical).toBeGreaterThan(0);
  expect(summary.worst[0]).toMatchObject({ severity: 'critical', state: 'firing' });

  const [spike] = underWay.filter(({ kind }) => kind === 'traffic_spike');
  await eventually('a notification', 20_000, () => (toldAbout(spike!).length > 0 ? true : null));
  expect(toldAbout(spike!)).toHaveLength(1);

  const before = (await anomaliesOf(on, 'firing')).filter(ofHpa(spike!)).map(({ id }) => id);
  await on.kill();
  const killedAt = Date.now();
  const again = await start(story, dataDir);
  await eventually('every cluster scanned and judged again', 60_000, () => {
    const [row] = again.sql<{ at: number }>('SELECT MIN(last_scan_at) AS at FROM scan_state');
    return row && row.at > killedAt + 5_000 ? row : null;
  });
  const after = (await anomaliesOf(again, 'firing')).filter(ofHpa(spike!)).map(({ id }) => id);
  expect(after).toEqual(expect.arrayContaining(before));
  expect(toldAbout(spike!)).toHaveLength(1);
}, 300_000);

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
    expect((await anomaliesOf(on, 'firing')).map(({ sentence }) => sentence)).toEqual([]);
  } finally {
    await agent?.stop();
    agent = undefined;
    await clean.stop();
  }
}, 180_000);

type Told = { event: string; cluster: string; namespace: string | null; hpa: string | null };

/** Beginnings that the webhook heard about one HPA. */
const toldAbout = ({ cluster, namespace, hpa }: Place): Told[] =>
  receiver.received
    .map(({ body }) => JSON.parse(body) as Told)
    .filter((told) => told.event === 'firing' && told.cluster === cluster)
    .filter((told) => told.namespace === namespace && told.hpa === hpa);
