import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../agent/src/core/clock.ts';
import type { LeaseTable } from '../../agent/src/domain/ownership.ts';
import { isSettled, simulateAgent, type SimulatedAgent } from '../../agent/src/ownership/simulated-agents.fixture.ts';
import type { PostgresDatabase } from '../../agent/src/storage/postgres/database.ts';
import { leaseGuard } from '../../agent/src/storage/postgres/lease-guard.ts';
import { leaseTable } from '../../agent/src/storage/postgres/lease-table.ts';
import { openPostgres } from '../../agent/src/storage/postgres/open.ts';
import { eventually } from '../rig/agent.ts';
import { startPostgres, type RealPostgres } from '../rig/postgres.ts';

const TIMING = { leaseMs: 3_000, renewMs: 1_000, lookMs: 300 };
const names = (count: number) => Array.from({ length: count }, (_, i) => `cluster-${String(i).padStart(3, '0')}`);

let postgres: RealPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.destroy());

/** A database of its own with these clusters in the list, and agents that only own. */
async function rig(clusters: readonly string[]) {
  const url = await postgres.createDatabase();
  const database = await openPostgres({ url, now: Date.now });
  const table = leaseTable(database);
  await database.transaction(async (sql) => {
    for (const name of clusters)
      await sql.run('INSERT INTO cluster (name, definition, created_at) VALUES ($1, $2, 0)', [
        name,
        JSON.stringify({ context: name }),
      ]);
  });
  const agents: SimulatedAgent[] = [];
  return {
    url,
    database,
    table,
    agents,
    start: (name: string, its: LeaseTable = table) => {
      const agent = simulateAgent({ name, table: its, clock: systemClock, random: Math.random, timing: TIMING });
      agents.push(agent);
      return agent;
    },
    fences: async () =>
      new Map(
        (
          await database.read((sql) =>
            sql.rows<{ cluster: string; fence: number }>('SELECT cluster, fence FROM cluster_lease'),
          )
        )
          .filter(({ cluster }) => !cluster.startsWith('*'))
          .map(({ cluster, fence }) => [cluster, fence]),
      ),
    close: async () => {
      for (const { sharing } of agents) await sharing.leave();
      await database.close();
    },
  };
}

test('30 agents share 100 clusters over one PostgreSQL; each cluster moves once at most when seven die, and when five come', async () => {
  const clusters = names(100);
  const { start, agents, fences, close } = await rig(clusters);
  try {
    for (let i = 0; i < 30; i++) start(`agent-${i}`);
    await eventually('shared out', 30_000, () => isSettled(agents, clusters) || null);
    const first = await fences();
    expect([...first.values()].every((fence) => fence === 1)).toBe(true);

    const dead = agents.splice(5, 7);
    for (const one of dead) one.freeze();
    await eventually('taken over', 30_000, () => isSettled(agents, clusters) || null);
    const second = await fences();
    const moved = clusters.filter((name) => (second.get(name) ?? 0) > 1);
    expect(moved).toEqual(expect.arrayContaining(dead.flatMap(({ watched }) => [...watched])));
    expect(Math.max(...second.values())).toBe(2);

    for (let i = 0; i < 5; i++) start(`late-${i}`);
    await eventually('shared out anew', 30_000, () => isSettled(agents, clusters) || null);
    const third = await fences();
    expect(Math.max(...clusters.map((name) => (third.get(name) ?? 0) - (second.get(name) ?? 0)))).toBe(1);
    for (const one of dead) one.thaw();
  } finally {
    await close();
  }
});

describe('a write of an owner that is one no longer', () => {
  /** Two agents over connections of their own, the first with a guard and with everything. */
  async function guarded() {
    const clusters = ['x'];
    const shared = await rig(clusters);
    const refused: string[] = [];
    const owners: { first?: SimulatedAgent } = {};
    const database: PostgresDatabase = await openPostgres({
      url: shared.url,
      now: Date.now,
      guard: leaseGuard(
        () => {
          if (!owners.first) throw new Error('not started');
          return owners.first.sharing;
        },
        (cluster) => void refused.push(cluster),
      ),
    });
    const first = (owners.first = shared.start('first', leaseTable(database)));
    await eventually('owned', 15_000, () => first.watched.has('x') || null);
    const write = (hold?: Promise<unknown>) =>
      database.write(['x'], 'agent', async (sql) => {
        await sql.run("INSERT INTO gap (hpa_id, from_ts, to_ts) SELECT id, 1, 2 FROM hpa WHERE cluster = 'x'");
        await hold;
        return 'written';
      });
    return { ...shared, refused, first, write, database };
  }

  test('is refused once another agent took over; before, it is not', async () => {
    const { first, start, write, refused, close, database } = await guarded();
    try {
      expect(await write()).toBe('written');
      first.freeze();
      const second = start('second');
      await eventually('taken over', 30_000, () => second.watched.has('x') || null);
      await expect(write()).rejects.toMatchObject({
        code: 'storage/fenced',
        details: { cluster: 'x', fence: 1, current: 2 },
      });
      expect(refused).toEqual(['x']);
      expect(await database.write(['x'], 'person', async () => 'what any agent may do')).toBe('what any agent may do');

      first.thaw();
      await eventually('stepped back', 15_000, () => first.told.includes('lost x') || null);
      await eventually('joined anew', 15_000, () => first.sharing.state().kind === 'live' || null);
    } finally {
      await close();
      await database.close();
    }
  });

  test('who takes over waits for a write that is under way', async () => {
    const { first, start, write, close, database, fences } = await guarded();
    try {
      const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
      const writing = write(hold);
      first.freeze();
      const second = start('second');
      // Given up for dead, and yet what it is writing is in nobody's hands.
      await eventually('buried', 30_000, async () => {
        const rows = await database.read((sql) => sql.rows("SELECT id FROM agent WHERE name = 'first' AND dead = 1"));
        return rows.length > 0 || null;
      });
      // It renews after it has looked: it has looked again since.
      const seen = async () =>
        Number(
          (
            await database.read((sql) =>
              sql.first<{ at: number }>("SELECT seen_at AS at FROM agent WHERE name = 'second'"),
            )
          )?.at,
        );
      const before = await seen();
      await eventually('looked again', 15_000, async () => (await seen()) > before + TIMING.renewMs || null);
      expect([second.watched.has('x'), (await fences()).get('x')]).toEqual([false, 1]);
      letGo();
      expect(await writing).toBe('written');
      await eventually('taken over', 15_000, () => second.watched.has('x') || null);
    } finally {
      await close();
      await database.close();
    }
  });
});

test('PostgreSQL is away for more than two leases: nobody takes anything, and afterwards each has what it had', async () => {
  const clusters = names(12);
  const { start, agents, fences, close } = await rig(clusters);
  try {
    for (let i = 0; i < 4; i++) start(`agent-${i}`);
    await eventually('shared out', 30_000, () => isSettled(agents, clusters) || null);
    const before = await fences();
    await postgres.stop();
    const stoppedAt = Date.now();
    await eventually('away long enough', 60_000, () => Date.now() - stoppedAt > 2.5 * TIMING.leaseMs || null);
    expect(agents.map(({ sharing, watched }) => [sharing.state().kind, watched.size])).toEqual(
      agents.map(() => ['unsure', 3]),
    );
    await postgres.start();
    await eventually(
      'live again',
      30_000,
      () => agents.every(({ sharing }) => sharing.state().kind === 'live') || null,
    );
    const liveAt = Date.now();
    await eventually('looked over a lease', 60_000, () => Date.now() - liveAt > 1.5 * TIMING.leaseMs || null);
    expect(await fences()).toEqual(before);
    expect(isSettled(agents, clusters)).toBe(true);
  } finally {
    await close();
  }
});
