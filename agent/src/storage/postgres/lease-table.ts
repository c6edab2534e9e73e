import { randomUUID } from 'node:crypto';
import { DAY, MINUTE } from '../../core/clock.ts';
import type { Changes, LeaseTable, SharedState } from '../../domain/ownership.ts';
import type { PostgresDatabase } from './database.ts';
import { declarationOf, NOW_MS, readOwnership } from './ownership-state.ts';
import type { Sql } from './sql.ts';

/** An agent that was not seen for so long is forgotten, and with it what its settings declared. */
const REMEMBERED_MS = DAY;
const NOTICES_KEPT_MS = 10 * MINUTE;
const FREED = `owner = NULL, promised_to = NULL, fence = fence + 1, since = ${NOW_MS}`;

/** Leases in PostgreSQL, or what speaks like it; on its clock alone. */
export function leaseTable(database: PostgresDatabase): LeaseTable {
  return {
    join: ({ id, name, home, version, url }, leaseMs, declared) =>
      database.transaction(async (sql) => {
        await sql.run(`UPDATE cluster_lease SET ${FREED} WHERE owner IN (SELECT id FROM agent WHERE home = $1)`, [
          home,
        ]);
        await sql.run('UPDATE agent SET dead = 1 WHERE home = $1', [home]);
        await sql.run(`DELETE FROM agent WHERE dead = 1 AND seen_at < ${NOW_MS} - ${REMEMBERED_MS}`);
        await sql.run(
          `INSERT INTO agent (id, name, home, version, url, started_at, seen_at, steady_since, expires_at, leaving, dead, out_of_reach)
           VALUES ($1, $2, $3, $4, $5, ${NOW_MS}, ${NOW_MS}, ${NOW_MS}, ${NOW_MS} + $6, 0, 0, '[]')`,
          [id, name, home, version, url, leaseMs],
        );
        const clusters = declared.map((cluster) => cluster.name);
        await sql.run('DELETE FROM cluster_declaration WHERE agent_name = $1 AND NOT (cluster = ANY($2))', [
          name,
          clusters,
        ]);
        for (const cluster of declared)
          await sql.run(
            `INSERT INTO cluster_declaration (cluster, agent_name, definition, declared_at) VALUES ($1, $2, $3, ${NOW_MS})
             ON CONFLICT (cluster, agent_name) DO UPDATE SET definition = EXCLUDED.definition`,
            [cluster.name, name, declarationOf(cluster)],
          );
      }),

    renew: (id, leaseMs, outOfReach) =>
      database.transaction(async (sql) => {
        const rows = await sql.run(
          `UPDATE agent SET seen_at = ${NOW_MS}, expires_at = ${NOW_MS} + $2, out_of_reach = $3,
             steady_since = CASE WHEN expires_at <= ${NOW_MS} THEN ${NOW_MS} ELSE steady_since END
           WHERE id = $1 AND dead = 0`,
          [id, leaseMs, JSON.stringify(outOfReach)],
        );
        return rows === 1;
      }),

    read: () => database.snapshot(readOwnership),

    change: (id, wanted) =>
      database.transaction(async (sql) => {
        // Who finds another one at it comes again: nobody waits here, since heartbeats would wait as well.
        const lock = "SELECT name FROM hpa_watch_lock WHERE name = 'ownership' FOR UPDATE SKIP LOCKED";
        if ((await sql.first(lock)) === null) return false;
        const state = await readOwnership(sql);
        const changes = wanted(state);
        await release(sql, id, changes.release);
        await promise(sql, id, changes.promise);
        await claim(sql, id, changes.claim, state);
        return true;
      }),

    handOver: (id, name, fence) =>
      database.transaction(async (sql) => {
        await sql.run(
          `UPDATE cluster_lease SET promised_to = NULL, fence = fence + 1, since = ${NOW_MS},
             owner = (SELECT a.id FROM agent a
                      WHERE a.id = promised_to AND a.dead = 0 AND a.leaving = 0 AND a.expires_at > ${NOW_MS})
           WHERE cluster = $2 AND owner = $1 AND fence = $3 AND promised_to IS NOT NULL`,
          [id, name, fence],
        );
      }),

    announceLeave: (id) =>
      database.transaction(async (sql) => {
        await sql.run('UPDATE agent SET leaving = 1 WHERE id = $1', [id]);
      }),

    leave: (id) =>
      database.transaction(async (sql) => {
        await sql.run(`UPDATE cluster_lease SET ${FREED} WHERE owner = $1`, [id]);
        await sql.run(`UPDATE agent SET leaving = 1, dead = 1, seen_at = ${NOW_MS} WHERE id = $1`, [id]);
      }),

    free: (name) =>
      database.transaction(async (sql) => {
        await sql.run(`UPDATE cluster_lease SET ${FREED} WHERE cluster = $1`, [name]);
      }),

    tell: (sender, { cluster, kind, about }) =>
      database.transaction(async (sql) => {
        await sql.run(`DELETE FROM notice WHERE at < ${NOW_MS} - ${NOTICES_KEPT_MS}`);
        await sql.run(
          `INSERT INTO notice (id, at, sender, cluster, kind, about) VALUES ($1, ${NOW_MS}, $2, $3, $4, $5)`,
          [randomUUID(), sender, cluster, kind, about],
        );
      }),
  };
}

async function release(sql: Sql, id: string, names: Changes['release']): Promise<void> {
  const locked = await lockFree(sql, names);
  if (locked.length > 0)
    await sql.run(`UPDATE cluster_lease SET ${FREED} WHERE cluster = ANY($2) AND owner = $1`, [id, locked]);
}

async function promise(sql: Sql, id: string, promises: Changes['promise']): Promise<void> {
  const locked = new Set(
    await lockFree(
      sql,
      promises.map(({ name }) => name),
    ),
  );
  for (const { name, to } of promises)
    if (locked.has(name))
      await sql.run('UPDATE cluster_lease SET promised_to = $3 WHERE cluster = $2 AND owner = $1', [id, name, to]);
}

async function claim(sql: Sql, id: string, names: Changes['claim'], { leases, agents }: SharedState): Promise<void> {
  if (names.length === 0) return;
  const ownerOf = new Map(leases.map(({ name, owner }) => [name, owner]));
  const owners = [...new Set(names.flatMap((name) => ownerOf.get(name) ?? []))];
  const known = new Set(agents.map((agent) => agent.id));
  const dead: string[] = [];
  // A heartbeat that comes in at this moment is waited for: either it was in time, or its agent is given up for good.
  for (const owner of owners) {
    const buried = await sql.run(`UPDATE agent SET dead = 1 WHERE id = $1 AND (dead = 1 OR expires_at <= ${NOW_MS})`, [
      owner,
    ]);
    if (buried > 0 || !known.has(owner)) dead.push(owner);
  }
  const isNew = names.filter((name) => !ownerOf.has(name));
  for (const name of isNew)
    await sql.run(
      `INSERT INTO cluster_lease (cluster, owner, fence, since, promised_to) VALUES ($1, NULL, 0, ${NOW_MS}, NULL)
       ON CONFLICT (cluster) DO NOTHING`,
      [name],
    );
  const locked = await lockFree(sql, names);
  await sql.run(
    `UPDATE cluster_lease SET owner = $1, promised_to = NULL, fence = fence + 1, since = ${NOW_MS}
     WHERE cluster = ANY($2) AND (owner IS NULL OR owner = ANY($3))`,
    [id, locked, dead],
  );
}

/** Those that no write holds at this moment; nobody else changes them until the end of the transaction. */
async function lockFree(sql: Sql, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const rows = await sql.rows<{ name: string }>(
    'SELECT cluster AS name FROM cluster_lease WHERE cluster = ANY($1) ORDER BY cluster FOR UPDATE SKIP LOCKED',
    [names],
  );
  return rows.map(({ name }) => name);
}
