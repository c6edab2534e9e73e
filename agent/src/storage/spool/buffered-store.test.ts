import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '../../core/fake-clock.fixture.ts';
import { silentLogger } from '../../core/logger.ts';
import type { Store } from '../store.ts';
import { openBufferedStore, type DatabaseBuffer } from './buffered-store.ts';
import { fakeDatabase, hpaOf, minutesOf, passes, scanOf } from './fake-database.fixture.ts';

const root = mkdtempSync(join(tmpdir(), 'hpa-watch-buffered-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let dirs = 0;
const opened: Store[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

const HPAS = [hpaOf(1, 'eu', 0), hpaOf(2, 'us', 0)];
type World = {
  clock: FakeClock;
  database: ReturnType<typeof fakeDatabase>;
  store: Store;
  buffer: DatabaseBuffer;
  dataDir: string;
};

async function world(options: { maxBytes?: number; from?: World } = {}): Promise<World> {
  const { maxBytes = 1_000_000, from } = options;
  const clock = from?.clock ?? new FakeClock();
  const database = from?.database ?? fakeDatabase(HPAS);
  const dataDir = from?.dataDir ?? join(root, String((dirs += 1)));
  const open = { store: database.store, dataDir, maxBytes, clock, random: () => 0.5, logger: silentLogger };
  const { store, buffer } = await openBufferedStore(open);
  opened.push(store);
  return { clock, database, store, buffer, dataDir };
}

/** One pass over a cluster, as collect/scan.ts makes it. */
async function scan({ store }: World, cluster: string, minute: number): Promise<number | null> {
  const [hpa] = await store.hpasOfCluster(cluster);
  await store.saveDiscovered(cluster, [{ namespace: 'shop', hpa: hpa!.hpa, seenAt: minute }]);
  await store.writeSamples(scanOf(hpa!.id, minute));
  return hpa!.scannedUntil === null ? null : hpa!.scannedUntil / 60_000;
}
const files = ({ dataDir }: World): string[] => readdirSync(join(dataDir, 'buffer'));

describe('while the database answers', () => {
  test('everything goes straight to it, and nothing stands on the disk', async () => {
    const here = await world();
    await scan(here, 'eu', 1);
    expect(minutesOf(here.database.written, 1)).toEqual([1]);
    expect(files(here)).toEqual([]);
    expect(here.buffer.state()).toMatchObject({ away: null, batches: 0, bytes: 0, isFull: false });
    expect(here.buffer.isHolding('eu')).toBe(false);
  });
});

describe.each(['storage/unreachable', 'storage/busy', 'storage/full', 'storage/read-only'] as const)(
  'while the database says %s',
  (code) => {
    test('scans go on from where the one before ended, and all is written later, in order and once', async () => {
      const here = await world();
      const { clock, database, buffer } = here;
      for (const cluster of ['eu', 'us']) await scan(here, cluster, 1);
      database.goAway(code);
      const from: (number | null)[] = [];
      for (const minute of [2, 3, 4]) for (const cluster of ['eu', 'us']) from.push(await scan(here, cluster, minute));
      expect(from).toEqual([1, 1, 2, 2, 3, 3]);
      expect(buffer.state()).toMatchObject({
        batches: 6,
        isFull: false,
        away: { reason: expect.stringContaining('cannot be reached') },
      });
      expect(buffer.isHolding('eu')).toBe(true);
      expect(minutesOf(database.written, 1)).toEqual([1]);
      await clock.advance(120_000);
      database.comeBack();
      await passes(clock, () => buffer.state().away === null);
      for (const id of [1, 2]) expect(minutesOf(database.written, id)).toEqual([1, 2, 3, 4]);
      expect(database.facts.at(-1)).toEqual([expect.objectContaining({ seenAt: 4 })]);
      expect([files(here), buffer.isHolding('eu')]).toEqual([[], false]);
      expect(await scan(here, 'eu', 5)).toBe(4);
      expect(minutesOf(database.written, 1)).toEqual([1, 2, 3, 4, 5]);
    });
  },
);

describe('while the database is away', () => {
  test('what only it can do is refused at once, with since when', async () => {
    const here = await world();
    await scan(here, 'eu', 1);
    here.database.goAway();
    await scan(here, 'eu', 2);
    const calls = here.database.calls();
    for (const call of [
      () => here.store.saveAnomalies({ anomalies: [] }),
      () => here.store.openGaps('eu'),
      () => here.store.findHpa(HPAS[0]!),
    ])
      await expect(call()).rejects.toMatchObject({
        code: 'storage/unreachable',
        message: expect.stringContaining('since 20'),
      });
    expect(here.database.calls()).toBe(calls);
  });

  test('the counts are the last ones, and said not to be exact', async () => {
    const here = await world();
    expect(await here.store.counts()).toMatchObject({ total: 7, exact: true });
    here.database.goAway();
    expect(await here.store.counts()).toMatchObject({ total: 7, exact: false });
  });

  test('a cluster whose HPAs were never read cannot be scanned', async () => {
    const here = await world();
    here.database.goAway();
    await expect(here.store.hpasOfCluster('eu')).rejects.toMatchObject({ code: 'storage/unreachable' });
  });

  test('it is asked again, more and more seldom, for 5 s at most', async () => {
    const here = await world();
    await scan(here, 'eu', 1);
    here.database.goAway();
    await scan(here, 'eu', 2);
    await passes(here.clock, () => here.database.calls() > 5);
    const before = { calls: here.database.calls(), at: here.clock.now() };
    await passes(here.clock, () => here.clock.now() - before.at >= 60_000);
    const asked = here.database.calls() - before.calls;
    expect(asked).toBeGreaterThanOrEqual(60 / 5);
    expect(asked).toBeLessThan(40);
  });

  test('history is not kept for it: whoever collects it tries again', async () => {
    const here = await world();
    await scan(here, 'eu', 1);
    here.database.goAway();
    await expect(here.store.writeSamples({ ...scanOf(1, 2), isBaseline: true })).rejects.toMatchObject({
      retryable: true,
    });
    expect(here.buffer.state().batches).toBe(0);
  });
});

test('a database that stands still holds up no scan for longer than 4 s, and no minute is lost', async () => {
  const here = await world();
  const { clock, database } = here;
  await scan(here, 'eu', 1);
  database.freeze();
  let isOver = false;
  const startedAt = clock.now();
  const scanning = scan(here, 'eu', 2).then(() => (isOver = true));
  await passes(clock, () => isOver);
  await scanning;
  expect(clock.now() - startedAt).toBeLessThan(5_000);
  await scan(here, 'eu', 3);
  expect(here.buffer.state().batches).toBe(2);
  database.thaw();
  await passes(clock, () => here.buffer.state().batches === 0);
  expect(minutesOf(database.written, 1)).toEqual([1, 2, 3]);
});

test('a store that is closed on the way drops nothing of what waits', async () => {
  const here = await world();
  await scan(here, 'eu', 1);
  await here.clock.advance(120_000);
  here.database.goAway();
  await scan(here, 'eu', 2);
  const calls = here.database.calls();
  here.database.goAway('storage/closed');
  await passes(here.clock, () => here.database.calls() > calls);
  expect(here.buffer.state().batches).toBe(1);
  const after = await world({ from: here });
  expect(after.buffer.state().batches).toBe(1);
});

describe('a crash', () => {
  test('loses nothing of what was collected: the next start writes it', async () => {
    const before = await world();
    await scan(before, 'eu', 1);
    before.database.goAway();
    for (const minute of [2, 3]) await scan(before, 'eu', minute);
    before.database.comeBack();
    // Not closed: what the first one has in memory is gone.
    const after = await world({ from: before });
    await passes(after.clock, () => after.buffer.state().batches === 0);
    expect(minutesOf(after.database.written, 1)).toEqual(expect.arrayContaining([1, 2, 3]));
    expect(await scan(after, 'eu', 4)).toBe(3);
  });
});

describe('a cluster that another agent took over meanwhile', () => {
  const lose = async (): Promise<World> => {
    const here = await world();
    for (const cluster of ['eu', 'us']) await scan(here, cluster, 1);
    await here.clock.advance(120_000);
    here.database.goAway();
    for (const minute of [2, 3]) for (const cluster of ['eu', 'us']) await scan(here, cluster, minute);
    here.database.refuse('eu');
    here.database.comeBack();
    return here;
  };

  test('has what was buffered of it dropped, the others not', async () => {
    const here = await lose();
    await passes(here.clock, () => here.buffer.state().away === null);
    expect([minutesOf(here.database.written, 1), minutesOf(here.database.written, 2)]).toEqual([[1], [1, 2, 3]]);
    here.database.refuse(null);
    // It is ours again: the database says from where, not what was buffered.
    expect(await scan(here, 'eu', 9)).toBe(1);
  });

  test('right after a start is tried for a minute, since leases of the run before are taken again first', async () => {
    const before = await lose();
    before.database.goAway();
    const after = await world({ from: before });
    after.database.comeBack();
    await passes(after.clock, () => minutesOf(after.database.written, 2).length >= 3);
    expect(after.buffer.isHolding('eu')).toBe(true);
    after.database.refuse(null);
    await passes(after.clock, () => after.buffer.state().batches === 0);
    expect(minutesOf(after.database.written, 1)).toEqual(expect.arrayContaining([1, 2, 3]));
  });
});

describe('a full buffer', () => {
  test('stops the scans, moves no cursor, and lets them go on when there is room', async () => {
    const here = await world({ maxBytes: 700 });
    const { clock, database, store } = here;
    await scan(here, 'eu', 1);
    database.goAway();
    let kept = 1;
    await expect(
      (async () => {
        for (let minute = 2; minute < 20; minute += 1) {
          await scan(here, 'eu', minute);
          kept = minute;
        }
      })(),
    ).rejects.toMatchObject({ code: 'storage/full' });
    expect(kept).toBeGreaterThan(1);
    expect(here.buffer.state()).toMatchObject({ isFull: true, batches: kept - 1 });
    // Prometheus would be asked in vain.
    await expect(store.hpasOfCluster('eu')).rejects.toMatchObject({ code: 'storage/full' });
    database.comeBack();
    await passes(clock, () => here.buffer.state().away === null);
    expect(await scan(here, 'eu', 30)).toBe(kept);
    expect(here.buffer.state().isFull).toBe(false);
  });
});

describe('notifications', () => {
  test('one that was delivered is not due again while the database cannot be told, and is told later', async () => {
    const here = await world();
    const { store, database, clock } = here;
    await scan(here, 'eu', 1);
    database.goAway('storage/busy');
    await store.settleNotification(5, { kind: 'sent', at: 0 } as never);
    database.comeBack();
    const due = await store.dueNotifications('slack', 0, 10, 125_000);
    expect(due.items.map(({ id }) => id)).toEqual([6]);
    // For how long this agent holds them is part of the question.
    expect(database.due).toEqual([['slack', 0, 10, 125_000]]);
    await passes(clock, () => database.settled.length > 0);
    expect(database.settled).toEqual([5]);
  });
});

test('what a person changed is read anew', async () => {
  const here = await world();
  await scan(here, 'eu', 1);
  here.database.goAway();
  await scan(here, 'eu', 2);
  await here.store.patchHpa(1, { active: false }).catch(() => undefined);
  await expect(here.store.hpasOfCluster('eu')).rejects.toMatchObject({ code: 'storage/unreachable' });
});
