import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { memoryTable } from './memory-table.fixture.ts';
import { isSettled, simulateAgent, TIMING, watchersOf, type SimulatedAgent } from './simulated-agents.fixture.ts';

const names = (count: number) => Array.from({ length: count }, (_, i) => `cluster-${String(i).padStart(3, '0')}`);

/** A small generator with a seed, so that a failure can be seen again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function rig(clusters: string[], seed = 1) {
  const clock = new FakeClock();
  const table = memoryTable(clock);
  table.setClusters(clusters);
  const random = seeded(seed);
  const agents: SimulatedAgent[] = [];
  const start = (name: string, more: { home?: string; outOfReach?: string[]; loseMs?: number } = {}) => {
    const agent = simulateAgent({ name, table, clock, random, ...more });
    agents.push(agent);
    return agent;
  };
  /** The most moves of one cluster since the last call; a first owner is none. */
  let seen = new Map<string, number>();
  const moves = () => {
    const counts = clusters.map((name) => {
      const now = table.owners.get(name)?.length ?? 0;
      return now - Math.max(1, seen.get(name) ?? 1);
    });
    seen = new Map(clusters.map((name) => [name, table.owners.get(name)?.length ?? 0]));
    return Math.max(...counts);
  };
  return { clock, table, agents, start, moves, random };
}

describe('30 agents and 100 clusters', () => {
  const clusters = names(100);

  test.each([1, 2, 3, 4, 5])(
    'ownership settles within two lease periods, and no cluster moves twice (seed %i)',
    async (seed) => {
      const { clock, start, agents, moves, random } = rig(clusters, seed);
      for (let i = 0; i < 30; i++) {
        start(`agent-${i}`, { loseMs: Math.floor(random() * 1_000) });
        await clock.advance(Math.floor(random() * 200));
      }
      await clock.advance(2 * TIMING.leaseMs);
      expect(isSettled(agents, clusters)).toBe(true);
      expect(moves()).toBeLessThanOrEqual(1);

      // Seven die at once.
      const dead = agents.splice(3, 7);
      for (const one of dead) one.freeze();
      await clock.advance(2 * TIMING.leaseMs);
      expect(isSettled(agents, clusters)).toBe(true);
      expect(moves()).toBe(1);

      // Ten come, some where others died.
      for (let i = 0; i < 10; i++) {
        start(i < 7 ? `agent-${i + 3}` : `new-${i}`, { loseMs: Math.floor(random() * 1_000) });
        await clock.advance(Math.floor(random() * 150));
      }
      await clock.advance(2 * TIMING.leaseMs);
      expect(isSettled(agents, clusters)).toBe(true);
      expect(moves()).toBe(1);

      // Five leave.
      for (const one of agents.splice(10, 5)) {
        await one.sharing.halt();
        await one.sharing.leave();
      }
      await clock.advance(3_000);
      expect(isSettled(agents, clusters)).toBe(true);
      expect(moves()).toBe(1);

      // Quiet: nothing moves.
      await clock.advance(10 * TIMING.leaseMs);
      expect(moves()).toBe(0);
    },
  );

  test('the ones that started first own nothing that later ones of the same start should have', async () => {
    const { clock, start, agents, table } = rig(clusters);
    for (let i = 0; i < 30; i++) start(`agent-${i}`);
    await clock.advance(2 * TIMING.leaseMs);
    expect(isSettled(agents, clusters)).toBe(true);
    expect([...table.owners].filter(([name]) => !name.startsWith('*')).every(([, owners]) => owners.length === 1)).toBe(
      true,
    );
  });
});

describe('an agent that dies', () => {
  test('the others have its clusters within 20 s, each at a higher fence', async () => {
    const { clock, start, agents } = rig(names(9));
    const [a, b, c] = [start('a'), start('b'), start('c')];
    await clock.advance(10_000);
    const lost = [...c.watched];
    const fences = new Map([...c.sharing.held()].map(([name, { fence }]) => [name, fence]));
    c.freeze();
    await clock.advance(TIMING.leaseMs + TIMING.renewMs);
    expect([...a.watched, ...b.watched].sort()).toEqual(names(9));
    for (const name of lost)
      expect((a.sharing.held().get(name) ?? b.sharing.held().get(name))?.fence).toBeGreaterThan(fences.get(name) ?? 0);
    expect(agents).toHaveLength(3);
  });

  test('thawed, it steps back from everything, joins anew and is given its share', async () => {
    const { clock, start, agents } = rig(names(9));
    const [, , c] = [start('a'), start('b'), start('c')];
    await clock.advance(10_000);
    c.freeze();
    await clock.advance(40_000);
    const before = [...c.watched].sort();
    expect(before).toHaveLength(3);
    c.thaw();
    await clock.advance(100);
    expect(c.told.filter((line) => line.startsWith('lost')).sort()).toEqual(before.map((name) => `lost ${name}`));
    await clock.advance(2 * TIMING.leaseMs);
    expect(isSettled(agents, names(9))).toBe(true);
    expect(c.watched.size).toBe(3);
  });

  test('started again in its directory, it has its clusters back at once', async () => {
    const { clock, start } = rig(names(4));
    const before = start('a', { home: 'disk' });
    await clock.advance(10_000);
    before.freeze();
    const after = start('a', { home: 'disk' });
    await clock.advance(4_000);
    expect([...after.watched].sort()).toEqual(names(4));
  });
});

test('an agent that leaves: the others have its clusters at their next look', async () => {
  const { clock, start } = rig(names(6));
  const [a, b] = [start('a'), start('b', { loseMs: 300 })];
  await clock.advance(10_000);
  expect(b.watched.size).toBe(3);
  await b.sharing.halt();
  await b.sharing.leave();
  await clock.advance(TIMING.lookMs + 500);
  expect([...a.watched].sort()).toEqual(names(6));
});

test('what moves is put down by the one before the other takes it up', async () => {
  const clusters = names(10);
  const { clock, start, agents } = rig(clusters);
  start('a', { loseMs: 700 });
  await clock.advance(5_000);
  start('b');
  let most = 0;
  for (let i = 0; i < 200; i++) {
    await clock.advance(50);
    most = Math.max(most, ...[...watchersOf(agents, clusters).values()].map(({ length }) => length));
  }
  expect(isSettled(agents, clusters)).toBe(true);
  expect(most).toBe(1);
});

test('a cluster that only one agent reaches is watched by that one; one that nobody reaches by nobody', async () => {
  const { clock, start } = rig(['x', 'y', 'z']);
  const a = start('a', { outOfReach: ['x', 'z'] });
  const b = start('b', { outOfReach: ['z'] });
  await clock.advance(20_000);
  expect([[...a.watched], [...b.watched]]).toEqual([['y'], ['x']]);
});

describe('the database does not answer', () => {
  test('for longer than a lease: every agent keeps what it has, says that it is unsure, and nothing moves afterwards', async () => {
    const { clock, start, agents, table, moves } = rig(names(9));
    for (const name of ['a', 'b', 'c']) start(name);
    await clock.advance(10_000);
    moves();
    table.isDown = true;
    await clock.advance(60_000);
    expect(agents.map(({ sharing, watched }) => [sharing.state().kind, watched.size])).toEqual(
      agents.map(() => ['unsure', 3]),
    );
    table.isDown = false;
    await clock.advance(60_000);
    expect(agents.map(({ sharing }) => sharing.state().kind)).toEqual(agents.map(() => 'live'));
    expect(moves()).toBe(0);
  });

  test('an agent that died meanwhile is taken over a lease later', async () => {
    const { clock, start, agents, table } = rig(names(4));
    const [, b] = [start('a'), start('b')];
    await clock.advance(10_000);
    table.isDown = true;
    await clock.advance(30_000);
    b.freeze();
    table.isDown = false;
    await clock.advance(2 * TIMING.leaseMs + TIMING.renewMs);
    expect(agents[0]?.watched.size).toBe(4);
  });

  test('at all, not even that it cannot: an agent stops within 3 s all the same', async () => {
    const { clock, table } = rig(names(2));
    const never = () => new Promise<never>(() => undefined);
    const a = simulateAgent({ name: 'a', table: { ...table, read: never, announceLeave: never, leave: never }, clock });
    await clock.advance(10_000);
    let ended = false;
    const stopping = a.sharing
      .halt()
      .then(() => a.sharing.leave())
      .then(() => (ended = true));
    await clock.advance(3_000);
    expect(ended).toBe(true);
    await stopping;
  });

  test('to one question: the heartbeat waits for no other', async () => {
    const { clock, table } = rig(names(2));
    let reads = 0;
    const read = () => ((reads += 1) > 4 ? new Promise<never>(() => undefined) : table.read());
    const a = simulateAgent({ name: 'a', table: { ...table, read }, clock });
    await clock.advance(60_000);
    expect([a.sharing.state().kind, a.watched.size]).toEqual(['live', 2]);
  });
});

test('what one agent is asked for each other one hears once, and it not itself', async () => {
  const { clock, start, table } = rig(['x']);
  const [a, b] = [start('a'), start('b')];
  await clock.advance(5_000);
  await table.tell(a.sharing.id(), { cluster: 'x', kind: 'relearn', about: 'shop/api' });
  await clock.advance(10_000);
  const heard = ({ told }: SimulatedAgent) => told.filter((line) => line.startsWith('heard'));
  expect([heard(a), heard(b)]).toEqual([[], ['heard relearn x shop/api']]);
});
