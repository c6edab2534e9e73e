import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { AnomalyListAnswer, SummaryAnswer } from '../../agent/src/contract/api.ts';
import { startDemo, type RunningDemo } from '../../agent/src/demo/start.ts';
import { MUST_SAY } from '../bench/story/sentences.ts';
import { eventually, newDataDir, removeDataDirs, startAgentProcess, type AgentProcess } from '../rig/agent.ts';
import { startHttpReceiver, type HttpReceiver } from '../rig/http-receiver.ts';
import { freePort } from '../rig/free-port.ts';

/** A whole agent over the simulated fleet: what is wrong in the story is found, told once, and survives a restart. */

const MINUTES = 60_000;
const MUST_BE_TOLD_AFTER_MS = 8 * MINUTES;

/** What the clocks of a demo and its agents read when a test begins: never the machine's hour. */
type Moment = { shiftMs: number; now: () => number };
function momentAt(instant: string): Moment {
  const shiftMs = Date.parse(instant) - Date.now();
  return { shiftMs, now: () => Date.now() + shiftMs };
}

/** Three days before a Monday evening hold no working evening but Friday's. */
const MONDAY_EVENING = momentAt('2026-11-23T21:30:00Z');
let story: RunningDemo;
let receiver: HttpReceiver;
let agent: AgentProcess | undefined;
beforeAll(async () => {
  // Half an hour into the story everything of it but the last act is under way, or was within the hour.
  const since = MONDAY_EVENING.now() - 33 * MINUTES;
  story = await startDemo({ clock: MONDAY_EVENING, seed: 1, host: '127.0.0.1', since });
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

async function start(demo: RunningDemo, { shiftMs }: Moment, dataDir = newDataDir()): Promise<AgentProcess> {
  const settings = {
    dataDir,
    slotDuration: '2s',
    lanes: [await freePort(), await freePort()],
    clusters: demo.clusters.map(({ name, url }) => ({ name, prometheusUrl: url })),
    notify: [{ type: 'webhook', url: receiver.url, minSeverity: 'warning' }],
  };
  agent = await startAgentProcess(settings, shiftMs);
  return agent;
}

const enrolAll = (on: AgentProcess, demo: RunningDemo) =>
  Promise.all(demo.clusters.map(({ name }) => on.api('POST', '/api/v1/monitoring/hpas', { cluster: name, all: true })));

const anomaliesOf = async (on: AgentProcess, state: string) =>
  (await on.api<AnomalyListAnswer>('GET', `/api/v1/monitoring/anomalies?state=${state}&limit=200`)).body.anomalies;

type Place = { cluster: string; namespace: string; hpa: string };
const keyOf = ({ cluster, namespace, hpa }: Place) => `${cluster}/${namespace}/${hpa}`;
/** An agent judges the hour before the enrolment as well. */
const LOOK_BACK_MS = 60 * MINUTES;
type ListedAnomaly = AnomalyListAnswer['anomalies'][number];
const ofHpa = (wanted: Place) => (anomaly: Place) => keyOf(anomaly) === keyOf(wanted);

test('every incident of the story is found with a right kind and a sentence, told once, and keeps its id over a restart', async () => {
  const dataDir = newDataDir();
  const on = await start(story, MONDAY_EVENING, dataDir);
  await enrolAll(on, story);
  const now = MONDAY_EVENING.now();
  const underWay = story.labels
    .filter(({ start: from }) => from < now - MUST_BE_TOLD_AFTER_MS)
    .filter(({ end }) => end > now - LOOK_BACK_MS + MUST_BE_TOLD_AFTER_MS);
  expect(new Set(underWay.map(({ kind }) => kind)).size).toBe(12);
  const rightOf = (label: (typeof underWay)[number], seen: readonly ListedAnomaly[]) =>
    seen.filter((found) => ofHpa(label)(found) && label.expected.includes(found.kind));
  let left = underWay;
  await eventually('every incident', 120_000, async () => {
    const seen = await anomaliesOf(on, 'firing,resolved');
    left = underWay.filter((label) => rightOf(label, seen).length === 0);
    return left.length === 0 ? true : null;
  }).catch(() => undefined);
  expect(left.map(({ kind, namespace, hpa, expected }) => ({ kind, namespace, hpa, expected }))).toEqual([]);

  const seen = await anomaliesOf(on, 'firing,resolved');
  for (const anomaly of seen) {
    expect(anomaly.sentence).toContain(`${anomaly.namespace}/${anomaly.hpa}`);
    expect(anomaly.promql.length).toBeGreaterThan(10);
  }
  for (const label of underWay)
    for (const { kind, sentence } of rightOf(label, seen)) expect(sentence).toMatch(MUST_SAY[kind]);
  const causeOf = (wanted: string, expected: RegExp) => {
    const labels = underWay.filter(({ kind }) => kind === wanted);
    const sentences = labels.flatMap((label) => rightOf(label, seen)).map(({ sentence }) => sentence);
    expect(sentences.join('\n')).toMatch(expected);
  };
  causeOf('traffic_spike', /at its maximum .*Shortly before, at 20:3\d: maxReplicas changed from \d+ to \d+\./);
  causeOf(
    'upstream_outage',
    /Far less than usual .*Shortly before, at 20:3\d: rollout of \S+ \S+ \(ReplicaSet \S+\)\./,
  );
  const { body: summary } = await on.api<SummaryAnswer>('GET', '/api/v1/monitoring/summary');
  expect(summary.firing.critical).toBeGreaterThan(0);
  expect(summary.worst[0]).toMatchObject({ severity: 'critical', state: 'firing' });

  const [spike] = underWay.filter(({ kind }) => kind === 'traffic_spike');
  await eventually('a notification', 20_000, () => (toldAbout(spike!).length > 0 ? true : null));
  expect(toldAbout(spike!)).toHaveLength(1);

  const before = (await anomaliesOf(on, 'firing')).filter(ofHpa(spike!)).map(({ id }) => id);
  await on.kill();
  const killedAt = Date.now();
  const again = await start(story, MONDAY_EVENING, dataDir);
  await eventually('every cluster scanned and judged again', 60_000, () => {
    const [row] = again.sql<{ at: number }>('SELECT MIN(last_scan_at) AS at FROM scan_state');
    return row && row.at > killedAt + MONDAY_EVENING.shiftMs + 5_000 ? row : null;
  });
  const after = (await anomaliesOf(again, 'firing')).filter(ofHpa(spike!)).map(({ id }) => id);
  expect(after).toEqual(expect.arrayContaining(before));
  expect(toldAbout(spike!)).toHaveLength(1);
}, 300_000);

test('within a minute of its start the demo shows what is wrong, what is over, and that most is well', async () => {
  const saturday = momentAt('2026-11-28T19:07:30Z');
  const fresh = await startDemo({ clock: saturday, seed: 1, host: '127.0.0.1' });
  try {
    const on = await start(fresh, saturday);
    await enrolAll(on, fresh);
    const summary = await eventually('a handful of HPAs with anomalies', 60_000, async () => {
      const { body } = await on.api<SummaryAnswer>('GET', '/api/v1/monitoring/summary');
      return body.firing.critical > 0 && body.firing.warning > 1 && body.firing.info > 0 ? body : null;
    });
    expect(summary.hpas.total).toBe(24);
    const hpasOf = (anomalies: readonly Place[]) => new Set(anomalies.map(keyOf)).size;
    const firing = await anomaliesOf(on, 'firing');
    expect(hpasOf(firing)).toBeGreaterThanOrEqual(4);
    expect(hpasOf(firing)).toBeLessThanOrEqual(8);
    expect(hpasOf(await anomaliesOf(on, 'resolved'))).toBeGreaterThanOrEqual(2);
  } finally {
    await agent?.stop();
    agent = undefined;
    await fresh.stop();
  }
}, 180_000);

test.each([
  ['2026-11-28T03:05:00Z', 3],
  ['2026-11-23T08:40:00Z', 5],
])(
  'a clean day shows none: %s, seed %i',
  async (instant, seed) => {
    const moment = momentAt(instant);
    const clean = await startDemo({ clock: moment, seed, host: '127.0.0.1', clean: true });
    try {
      const on = await start(clean, moment);
      await enrolAll(on, clean);
      await eventually('every HPA judged to the last minute', 90_000, () => {
        const [row] = on.sql<{ judged: number }>(
          `SELECT COUNT(*) AS judged FROM detector_state WHERE profile IS NOT NULL
           AND json_extract(state, '$.judge.at') > ?`,
          moment.now() - 4 * MINUTES,
        );
        return row?.judged === 24 ? row : null;
      });
      const said = await anomaliesOf(on, 'firing,resolved');
      expect(said.map(({ sentence }) => sentence)).toEqual([]);
    } finally {
      await agent?.stop();
      agent = undefined;
      await clean.stop();
    }
  },
  180_000,
);

type Told = { event: string; cluster: string; namespace: string | null; hpa: string | null };

/** Beginnings that the webhook heard about one HPA. */
const toldAbout = ({ cluster, namespace, hpa }: Place): Told[] =>
  receiver.received
    .map(({ body }) => JSON.parse(body) as Told)
    .filter((told) => told.event === 'firing' && told.cluster === cluster)
    .filter((told) => told.namespace === namespace && told.hpa === hpa);
