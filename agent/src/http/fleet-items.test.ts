import { expect, test } from '@jest/globals';
import { createEventBus } from '../core/events.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import { QUEUED_BASELINE } from '../domain/baseline.ts';
import { anomaly } from '../storage/anomaly.fixture.ts';
import type { HpaFilter, HpaRow } from '../storage/store.ts';
import { watchChanges } from './changes.ts';
import { listRows } from './fake-lists.fixture.ts';
import { createFleetItems } from './fleet-items.ts';
import { hpaFacts } from './present-hpa.ts';

const NOW = Date.UTC(2026, 10, 24, 12);

const row = (id: number, cluster: string, hpa: string): HpaRow => ({
  ...{ id, cluster, namespace: 'shop', hpa, active: true, enrolledAt: NOW, timezone: null, mutedUntil: null },
  ...{ target: null, metrics: [], seenAt: null, goneSince: null, lastScanAt: null, scannedUntil: null },
  baseline: { ...QUEUED_BASELINE },
  latest: null,
});

function rig() {
  const rows = [row(1, 'a', 'one'), row(2, 'a', 'two'), row(3, 'b', 'one'), row(4, 'c', 'one')];
  const firing: Anomaly[] = [];
  const asked: (string | undefined)[] = [];
  const events = createEventBus();
  const changes = watchChanges(events);
  const clock = { at: NOW, now: () => clock.at };
  let held: Promise<void> | null = null;
  const store = {
    listHpas: async (filter: HpaFilter) => {
      asked.push(filter.cluster);
      const answer = listRows(
        rows.map((one) => ({ ...one })),
        filter,
      );
      const wait = held;
      held = null;
      await wait;
      return answer;
    },
  };
  /** The next answer of the store is on its way until this is called. */
  const holdNext = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    return resolve;
  };
  const items = createFleetItems({ store, clock, changes, facts: () => hpaFacts(firing, clock.at) });
  const names = async () => (await items.read()).items.map(({ row: { cluster, hpa } }) => `${cluster}/${hpa}`);
  const scanned = (cluster: string) =>
    events.publish({ type: 'scan', at: '', cluster, result: 'ok', duration_ms: 1, hpas: 1, rows: 1 });
  return { rows, firing, asked, events, changes, clock, items, names, scanned, holdNext };
}

/** A computation in steps gives others their turn whenever it held the thread for a while. */
async function turnsUntil(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(setImmediate);
}

test('after a scan only the HPAs of its cluster are read anew, in the place they had', async () => {
  const { rows, asked, items, names, scanned } = rig();
  const before = await items.read();
  Object.assign(rows[2]!, { active: false });
  rows.splice(1, 1, row(5, 'a', 'three'));
  asked.length = 0;
  scanned('b');
  scanned('a');
  expect(await names()).toEqual(['a/one', 'a/three', 'b/one', 'c/one']);
  expect(asked.sort()).toEqual(['a', 'b']);
  const since = (await items.read()).since(before.revision);
  expect(since?.changed.map(({ row: { id } }) => id)).toEqual([5, 3]);
  expect(since?.removed.map(({ hpa }) => hpa)).toEqual(['two']);
});

test.each<[string, (world: ReturnType<typeof rig>) => void]>([
  ['a call that writes', ({ changes }) => changes.note()],
  ['a cluster that was not known', ({ scanned }) => scanned('aa')],
  [
    'a cluster that is watched from now on',
    ({ events }) => events.publish({ type: 'cluster', at: '', cluster: 'aa', change: 'added' }),
  ],
  ['fifteen seconds without a sign', ({ clock }) => (clock.at += 15_000)],
  ['the end of a mute', ({ clock }) => (clock.at += 60)],
])('after %s everything is read anew', async (_, happens) => {
  const world = rig();
  world.rows[0]!.mutedUntil = NOW + 50;
  await world.names();
  world.rows.push(row(6, 'aa', 'one'));
  happens(world);
  expect(await world.names()).toEqual(['a/one', 'a/two', 'aa/one', 'b/one', 'c/one']);
});

test('what changed without a sign is read while the list of before is shown', async () => {
  const { rows, clock, names } = rig();
  await names();
  rows.push(row(6, 'aa', 'one'));
  clock.at += 4_999;
  expect(await names()).toHaveLength(4);
  clock.at += 1;
  expect(await names()).toHaveLength(4);
  await turnsUntil(async () => (await names()).length === 5);
  expect(await names()).toEqual(['a/one', 'a/two', 'aa/one', 'b/one', 'c/one']);
});

test('a cluster that is scanned while everything is read stays as the scan left it', async () => {
  const { rows, asked, clock, names, items, scanned, holdNext } = rig();
  await names();
  clock.at += 5_000;
  const letGo = holdNext();
  await names();
  Object.assign(rows[2]!, { active: false });
  scanned('b');
  expect((await items.read()).byId.size).toBe(4);
  const active = async () => (await items.read()).items.map(({ row: { active } }) => active);
  expect(await active()).toEqual([true, true, false, true]);
  asked.length = 0;
  letGo();
  // Only a whole reading that is over lets another one begin.
  clock.at += 15_000;
  await turnsUntil(async () => (await items.read()) && asked.length > 0);
  expect(await active()).toEqual([true, true, false, true]);
});

test('what begins to fire, and what ends, shows for a cluster that was not read too', async () => {
  const { firing, items, scanned } = rig();
  await items.read();
  const fires = async () => (await items.read()).items.map(({ item: { worst_anomaly } }) => worst_anomaly !== null);
  firing.push({ ...anomaly(1, 'x'), hpaId: 4 });
  scanned('a');
  expect(await fires()).toEqual([false, false, false, true]);
  firing.length = 0;
  scanned('b');
  expect(await fires()).toEqual([false, false, false, false]);
});

test('a slot that begins has nothing read anew of any HPA', async () => {
  const { asked, events, names } = rig();
  await names();
  asked.length = 0;
  events.publish({ type: 'slot', at: '', index: 1, clusters: ['a', 'b'], start_time: '', end_time: '' });
  expect(await names()).toHaveLength(4);
  expect(asked).toEqual([]);
});
