import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HOUR, MINUTE, SECOND } from '../../agent/src/core/clock.ts';
import { startDemo, type RunningDemo } from '../../agent/src/demo/start.ts';
import type { Anomaly } from '../../agent/src/domain/anomaly.ts';
import { notifySchema } from '../../agent/src/domain/notify-settings.ts';
import { startWatching, type WatchingRig } from '../rig/watching-rig.ts';

/**
 * The simulated fleet watched twice, minute by minute and with an outage of hours: what is known at the end is the same. Queries,
 * catch-up, store, profiles, judge and queue are those of the agent.
 */

const LIVE_FROM = Date.UTC(2026, 10, 18, 10);
const BEGIN = LIVE_FROM - 10 * MINUTE;
const OUTAGE = { from: LIVE_FROM + 30 * SECOND, to: LIVE_FROM + 5 * HOUR };
const END = OUTAGE.to + 10 * MINUTE;
const RECEIVERS = notifySchema.parse([{ type: 'webhook', name: 'hook', url: 'http://127.0.0.1:1/' }]);

const demos: RunningDemo[] = [];
const watched: WatchingRig[] = [];
async function open(): Promise<WatchingRig> {
  const clock = { at: BEGIN };
  const demo = await startDemo({ clock: { now: () => clock.at }, seed: 1, host: '127.0.0.1', since: LIVE_FROM });
  demos.push(demo);
  const url = demo.clusters.find(({ name }) => name === 'prod-eu')?.url ?? '';
  const onNow = (at: number) => (clock.at = at);
  const watching = await startWatching({ url, now: BEGIN + 20 * SECOND, receivers: RECEIVERS, onNow });
  watched.push(watching);
  return watching;
}

let live: WatchingRig;
let late: WatchingRig;
beforeAll(async () => {
  [live, late] = [await open(), await open()];
  for (let now = BEGIN + 20 * SECOND; now <= END; now += MINUTE) await live.scanAt(now);
  for (let now = BEGIN + 20 * SECOND; now <= OUTAGE.from; now += MINUTE) await late.scanAt(now);
  for (let now = OUTAGE.to + 20 * SECOND; now <= END; now += MINUTE) await late.scanAt(now);
}, 300_000);
afterAll(async () => {
  await Promise.all(watched.map((watching) => watching.close()));
  await Promise.all(demos.map((demo) => demo.stop()));
});

const shown = ({ id, kind, severity, state, startedAt, firedAt, endedAt, sentence }: Anomaly) => ({
  id,
  kind,
  severity,
  state,
  startedAt: new Date(startedAt).toISOString(),
  firedAt: firedAt && new Date(firedAt).toISOString(),
  endedAt: endedAt && new Date(endedAt).toISOString(),
  sentence,
});
const isInside = ({ startedAt, endedAt }: Anomaly) =>
  startedAt > OUTAGE.from && endedAt !== null && endedAt < OUTAGE.to - 10 * MINUTE;

test('the history has the same anomalies, with the same ids, times and sentences', async () => {
  const [ours, theirs] = [await late.anomalies(), await live.anomalies()];
  expect(theirs.filter(isInside).length).toBeGreaterThan(0);
  expect(ours.map(shown)).toEqual(theirs.map(shown));
});

test('of what began and ended in the outage nobody is told; of what is still on everybody once', async () => {
  const { items } = await late.rig.store.dueNotifications('hook', END + HOUR, 100);
  const told = new Set(items.filter(({ message }) => message.event === 'firing').map(({ message }) => message.subject));
  expect((await late.anomalies()).filter(isInside).filter(({ id }) => told.has(id))).toEqual([]);
  expect(told.size).toBe(items.length);
});

test('rollouts in the outage are known to the minute', async () => {
  const range = { from: OUTAGE.from, to: OUTAGE.to };
  const changes = async ({ rig, hpas }: WatchingRig) =>
    (await Promise.all(hpas.map(({ id }) => rig.store.changesOf(id, range)))).flat();
  const ours = await changes(late);
  expect(ours.filter(({ kind }) => kind === 'rollout').length).toBeGreaterThan(0);
  expect(ours).toEqual(await changes(live));
});
