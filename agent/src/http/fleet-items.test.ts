import { expect, test } from '@jest/globals';
import { AgentError } from '../core/errors.ts';
import { createEventBus } from '../core/events.ts';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import type { AgentState } from '../domain/agent-state.ts';
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
  const agents: Pick<AgentState, 'state'>[] = [{ state: 'live' }];
  const asked: (string | undefined)[] = [];
  const events = createEventBus();
  const changes = watchChanges(events);
  const clock = new FakeClock(NOW);
  let held: Promise<void> | null = null;
  let fault: Error | null = null;
  const store = {
    listHpas: async (filter: HpaFilter) => {
      asked.push(filter.cluster);
      if (fault) throw fault;
      const copies = rows.map((one) => ({ ...one }));
      const wait = held;
      held = null;
      await wait;
      return listRows(copies, filter);
    },
    countByCluster: async () =>
      [...new Set(rows.map(({ cluster }) => cluster))].map((cluster) => ({ cluster, hpas: 1, ready: 0 })),
  };
  /** The next answer of the store is on its way until this is called. */
  const holdNext = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    return resolve;
  };
  const fail = (error: Error | null) => void (fault = error);
  const items = createFleetItems({
    ...{ store, clock, changes, agents: () => agents },
    facts: () => hpaFacts(firing, clock.now()),
  });
  const names = async () => (await items.read()).hpas.map(({ cluster, hpa }) => `${cluster}/${hpa}`);
  const scanned = (cluster: string) =>
    events.publish({ type: 'scan', at: '', cluster, result: 'ok', duration_ms: 1, hpas: 1, rows: 1 });
  return { rows, firing, agents, asked, events, changes, clock, items, names, scanned, holdNext, fail };
}

const FIVE = ['a/one', 'a/two', 'aa/one', 'b/one', 'c/one'];
const away = () => new AgentError('storage/unreachable', 'the database is away');

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
  expect(since?.changed.map(({ id }) => id)).toEqual([5, 3]);
  expect(since?.removed.map(({ hpa }) => hpa)).toEqual(['two']);
});

test.each<[string, string[], (world: ReturnType<typeof rig>) => void]>([
  ['a call that may have changed any cluster', ['a', 'aa', 'b', 'c'], ({ changes }) => changes.note(null)],
  ['a call that names a cluster', ['aa'], ({ changes }) => changes.note(['aa'])],
  ['the scan of a cluster that was not known', ['aa'], ({ scanned }) => scanned('aa')],
  [
    'a cluster that is watched from now on',
    ['aa'],
    ({ events }) => events.publish({ type: 'cluster', at: '', cluster: 'aa', change: 'added' }),
  ],
])('what is there after %s is in the next answer', async (_, read, happens) => {
  const world = rig();
  await world.names();
  world.rows.push(row(6, 'aa', 'one'));
  world.asked.length = 0;
  happens(world);
  expect(await world.names()).toEqual(FIVE);
  expect(world.asked.sort()).toEqual(read);
});

test('what scans change is read though nobody asks, so that hours later nobody waits', async () => {
  const { rows, asked, clock, names, scanned, holdNext } = rig();
  await clock.advance(10_000);
  expect(asked.sort()).toEqual(['a', 'b', 'c']);
  await clock.advance(3_600_000);
  rows.push(row(6, 'aa', 'one'));
  scanned('aa');
  await clock.advance(1_000);
  // Whatever is read from now on never comes back.
  holdNext();
  expect(await names()).toEqual(FIVE);
});

test('nobody waits for a scan that takes long to be read, and the answer after it has it', async () => {
  const { rows, clock, changes, names, scanned, holdNext } = rig();
  await names();
  rows.push(row(6, 'aa', 'one'));
  const letGo = holdNext();
  scanned('aa');
  const answer = names();
  await clock.advance(80);
  expect(await answer).toHaveLength(4);
  const count = changes.count();
  letGo();
  await clock.advance(0);
  // Tags of answers given meanwhile are good no longer.
  expect(changes.count()).toBeGreaterThan(count);
  expect(await names()).toEqual(FIVE);
});

test('who changed something waits for it, however long', async () => {
  const { rows, clock, changes, names, scanned, holdNext } = rig();
  await names();
  const letGo = holdNext();
  scanned('b');
  rows.push(row(6, 'aa', 'one'));
  changes.note(['aa']);
  const answer = names();
  await clock.advance(60_000);
  letGo();
  expect(await answer).toEqual(FIVE);
});

test('where other agents write too, everything is read anew while somebody asks', async () => {
  const { rows, agents, asked, clock, names } = rig();
  agents.push({ state: 'live' });
  await clock.advance(60_000);
  expect(asked).toEqual([]);
  await names();
  rows.push(row(6, 'aa', 'one'));
  await clock.advance(4_999);
  expect(await names()).toHaveLength(4);
  await clock.advance(1);
  expect(await names()).toHaveLength(4);
  await clock.advance(1);
  expect(await names()).toEqual(FIVE);
  rows.pop();
  await clock.advance(15_000);
  expect(await names()).toHaveLength(4);
});

test('where other agents write too and nobody asks, nothing is read, and the next answer has it', async () => {
  const { rows, agents, asked, clock, names, scanned } = rig();
  agents.push({ state: 'live' });
  await names();
  await clock.advance(15_000);
  asked.length = 0;
  rows.push(row(6, 'aa', 'one'));
  scanned('aa');
  await clock.advance(1_000);
  expect(asked).toEqual([]);
  agents.pop();
  expect(await names()).toEqual(FIVE);
});

test('an agent that left changes nothing any more', async () => {
  const { agents, asked, clock, names } = rig();
  agents.push({ state: 'left' }, { state: 'lost' });
  await names();
  asked.length = 0;
  await clock.advance(15_000);
  await names();
  expect(asked).toEqual([]);
});

test('what begins to fire, and what ends, shows though nothing was read', async () => {
  const { firing, asked, items } = rig();
  const before = await items.read();
  asked.length = 0;
  const fires = async () => {
    const snapshot = await items.read();
    return snapshot.hpas.map((hpa) => snapshot.itemOf(hpa).worst_anomaly !== null);
  };
  firing.push({ ...anomaly(1, 'x'), hpaId: 4 });
  expect(await fires()).toEqual([false, false, false, true]);
  expect((await items.read()).since(before.revision)?.changed.map(({ id }) => id)).toEqual([4]);
  firing.length = 0;
  const during = await items.read();
  expect(await fires()).toEqual([false, false, false, false]);
  expect((await items.read()).since(during.revision)?.changed).toEqual([]);
  expect(asked).toEqual([]);
});

test('the end of a mute is a change, once', async () => {
  const { rows, clock, items, scanned } = rig();
  rows[1]!.mutedUntil = NOW + 50;
  const before = await items.read();
  await clock.advance(60);
  const after = await items.read();
  expect(after.since(before.revision)?.changed.map(({ id }) => id)).toEqual([2]);
  expect(after.itemOf(after.hpas[1]!).muted_until).toBeNull();
  rows[1]!.mutedUntil = null;
  scanned('a');
  expect((await items.read()).revision).toBe(after.revision);
});

test('a slot that begins, a forward and what fires have no HPA read anew', async () => {
  const { asked, events, names } = rig();
  await names();
  asked.length = 0;
  events.publish({ type: 'slot', at: '', index: 1, clusters: ['a', 'b'], start_time: '', end_time: '' });
  events.publish({ type: 'forward', at: '', cluster: 'a', status: 'active', port: 1, message: '' });
  expect(await names()).toHaveLength(4);
  expect(asked).toEqual([]);
});

test('a database that is away: what was seen last is told; any other failure shows, and is tried again', async () => {
  const { rows, clock, names, scanned, fail } = rig();
  fail(away());
  await expect(names()).rejects.toThrow('away');
  fail(null);
  await names();
  rows.push(row(6, 'aa', 'one'));
  fail(away());
  scanned('aa');
  expect(await names()).toHaveLength(4);
  fail(new Error('disk'));
  await expect(names()).rejects.toThrow('disk');
  fail(null);
  expect(await names()).toEqual(FIVE);
  await clock.advance(0);
});
