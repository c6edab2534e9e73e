import { afterEach, expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import { MONDAY } from '../detect/hpa-story.fixture.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import { receiver } from '../notify/notify.fixture.ts';
import type { Store } from '../storage/store.ts';
import { CLUSTER, maxedOut, startDetectionRig, type DetectionRig, type RigOptions } from './detection.fixture.ts';

const START = MONDAY + 12 * HOUR;
const HOOK = receiver({ name: 'hook' });

let rigs: DetectionRig[] = [];
afterEach(async () => {
  await Promise.all(rigs.map((rig) => rig.close()));
  rigs = [];
});
async function rigOf(options: Omit<RigOptions, 'start'>): Promise<DetectionRig> {
  const rig = await startDetectionRig({ start: START, receivers: [HOOK], ...options });
  rigs.push(rig);
  return rig;
}

const during = (from: number, to: number) => (minute: number) => (minute >= from && minute < to ? maxedOut : {});
const shown = ({ id, kind, state, startedAt, firedAt, endedAt, clusterEventId }: Anomaly) => ({
  id,
  kind,
  state,
  startedAt: (startedAt - START) / MINUTE,
  firedAt: firedAt === null ? null : (firedAt - START) / MINUTE,
  endedAt: endedAt === null ? null : (endedAt - START) / MINUTE,
  clusterEventId,
});

/** Rejects once from the moment on that `when` says so. */
function failingOnce(when: (batch: Parameters<Store['saveAnomalies']>[0]) => boolean) {
  let left = 1;
  return (store: Store): Partial<Store> => ({
    async saveAnomalies(batch) {
      if (left > 0 && when(batch)) {
        left--;
        throw new AgentError('storage/full', 'disk full');
      }
      return store.saveAnomalies(batch);
    },
  });
}

test.each([
  ['an end', ({ anomalies }: { anomalies: Anomaly[] }) => anomalies.some(({ state }) => state === 'resolved')],
  ['a beginning', ({ anomalies }: { anomalies: Anomaly[] }) => anomalies.some(({ state }) => state === 'firing')],
])('%s that could not be saved is judged and saved the next time, and told once', async (_what, when) => {
  const rig = await rigOf({ twist: during(5, 15), store: failingOnce(when) });
  let failures = 0;
  for (let minute = 0; minute <= 25; minute++) {
    await rig.scanned(minute, minute);
    await rig.detection.afterScan(CLUSTER).catch(() => failures++);
  }
  expect(failures).toBe(1);
  expect((await rig.past()).map(shown)).toEqual([
    expect.objectContaining({ kind: 'maxed_out', state: 'resolved', startedAt: 5, firedAt: 7, endedAt: 14 }),
  ]);
  expect(rig.detection.firing()).toEqual([]);
  const [{ id } = { id: '' }] = await rig.past();
  expect(await rig.told()).toEqual([`firing ${id}`]);
  const told = rig.events.filter(({ type }) => type === 'anomaly').map((event) => 'state' in event && event.state);
  expect(told).toEqual(['firing', 'resolved']);
});

test('what is judged and not saved is not known: neither firing nor in the state', async () => {
  const rig = await rigOf({ twist: during(5, 60), store: failingOnce(({ anomalies }) => anomalies.length > 0) });
  await rig.scanned(0, 20);
  await expect(rig.detection.afterScan(CLUSTER)).rejects.toMatchObject({ code: 'storage/full' });
  expect(rig.detection.firing()).toEqual([]);
  await rig.detection.stop();
  const again = rig.restart();
  await again.afterScan(CLUSTER);
  expect(again.firing().map(shown)).toEqual([expect.objectContaining({ kind: 'maxed_out', startedAt: 5, firedAt: 7 })]);
});

/** Every minute as it comes, against: a quarter of an hour, nothing for hours, then the newest hour, then the rest. */
async function withAndWithoutOutage(twist: RigOptions['twist'], hpas: number, outage: { from: number; to: number }) {
  const end = outage.to + 60;
  const live = await rigOf({ twist, hpas });
  for (let minute = 0; minute <= end; minute++) {
    await live.scanned(minute, minute);
    await live.detection.afterScan(CLUSTER);
  }
  const late = await rigOf({ twist, hpas });
  for (let minute = 0; minute < outage.from; minute++) {
    await late.scanned(minute, minute);
    await late.detection.afterScan(CLUSTER);
  }
  return { live, late, end };
}

test('an incident wholly inside an outage is in the history as if there had been none, and nobody is woken by it', async () => {
  const twist = (minute: number, hpa: number) => (hpa < 3 ? during(80 + hpa, 130)(minute) : {});
  const outage = { from: 15, to: 400 };
  const { live, late, end } = await withAndWithoutOutage(twist, 4, outage);
  const after = late.restart();
  await late.scanned(outage.to + 1, end, outage);
  await after.afterScan(CLUSTER);
  // Newest first, as catch-up has it; behind what is still missing nothing is judged.
  await late.filled(200, outage.to);
  await after.afterScan(CLUSTER);
  expect(await late.past()).toEqual([]);
  await late.filled(outage.from, 199);
  await after.afterScan(CLUSTER);

  const [ours, theirs] = [await late.past(), await live.past()].map((list) => list.map(shown));
  expect(theirs?.length).toBeGreaterThanOrEqual(3);
  expect(theirs?.every(({ state }) => state === 'resolved')).toBe(true);
  expect(theirs?.some(({ clusterEventId }) => clusterEventId !== null)).toBe(true);
  expect(ours).toEqual(theirs);
  expect(await late.told()).toEqual([]);
  expect((await live.told()).length).toBeGreaterThan(0);
});

test('one that goes on is told once, at the end, with the start it had; one that was told before ends when it ended', async () => {
  const twist = (minute: number) => (minute >= 60 ? during(240, 600)(minute) : during(2, 90)(minute));
  const outage = { from: 15, to: 400 };
  const { live, late, end } = await withAndWithoutOutage((m) => (m < 60 ? during(2, 50)(m) : twist(m)), 1, outage);
  const [before] = await late.past();
  expect(await late.told()).toEqual([`firing ${before?.id}`]);
  for (const { id } of (await late.store.dueNotifications('hook', late.clock.now() + HOUR, 10)).items)
    await late.store.settleNotification(id, { kind: 'sent' });

  const after = late.restart();
  await late.scanned(outage.to + 1, end, outage);
  await after.afterScan(CLUSTER);
  await late.filled(outage.from, outage.to);
  await after.afterScan(CLUSTER);
  expect((await late.past()).map(shown)).toEqual((await live.past()).map(shown));
  const [on] = await late.past();
  expect(shown(on as Anomaly)).toMatchObject({ state: 'firing', startedAt: 240 });
  const { items } = await late.store.dueNotifications('hook', late.clock.now() + HOUR, 10);
  expect(items.map(({ message }) => [message.event, message.subject])).toEqual(
    expect.arrayContaining([
      ['firing', on?.id],
      ['resolved', before?.id],
    ]),
  );
  expect(items).toHaveLength(2);
});

test('after a quarter of an hour judging goes on without minutes that nobody could collect', async () => {
  const rig = await rigOf({ twist: during(300, 500) });
  await rig.scanned(0, 10);
  await rig.detection.afterScan(CLUSTER);
  await rig.scanned(290, 310, { from: 10, to: 289 });
  for (let minute = 311; minute <= 325; minute++) {
    await rig.detection.afterScan(CLUSTER);
    expect(await rig.past()).toEqual([]);
    await rig.scanned(minute, minute);
  }
  await rig.detection.afterScan(CLUSTER);
  expect((await rig.past()).map(shown)).toEqual([expect.objectContaining({ startedAt: 300, state: 'firing' })]);
  expect(await rig.told()).toHaveLength(1);
});

test('a rollout shortly before is named with its time; pods under another name are no incident', async () => {
  const rig = await rigOf({ twist: during(30, 60) });
  const [hpaId = 0] = rig.hpas.map(({ id }) => id);
  const seen = [
    { at: START, revisions: ['api-5d9'] },
    { at: START + 25 * MINUTE, revisions: ['api-5d9', 'api-7f6'] },
    { at: START + 27 * MINUTE, revisions: ['api-7f6'] },
  ];
  await rig.store.writeSamples({ now: START, isBaseline: false, samples: [], revisions: [{ hpaId, seen }] });
  await rig.scanned(0, 29);
  await rig.detection.afterScan(CLUSTER);
  expect(await rig.past()).toEqual([]);
  await rig.scanned(30, 40);
  await rig.detection.afterScan(CLUSTER);
  const [found] = await rig.past();
  expect(found?.sentence).toContain('Shortly before, at 12:25: rollout of Deployment api (ReplicaSet api-7f6).');
  expect(found?.advice).toBe('Raise maxReplicas or give its pods more or look at the rollout at 12:25.');
});

test('what a person said while a scan was being judged stands', async () => {
  const rig = await rigOf({
    twist: during(5, 60),
    store: (store) => ({
      async saveAnomalies(batch) {
        const [open] = rig.detection.firing();
        const said = open && (await store.patchAnomaly(open.id, { acknowledgedAt: 7 }));
        if (said) rig.detection.replace(said);
        return store.saveAnomalies(batch);
      },
    }),
  });
  for (const minute of [10, 20, 30]) {
    await rig.scanned(minute - 10, minute);
    await rig.detection.afterScan(CLUSTER);
  }
  expect(rig.detection.firing()).toEqual([expect.objectContaining({ acknowledgedAt: 7 })]);
});
