import { DAY } from '../../core/clock.ts';
import type { PostgresDatabase } from './database.ts';
import { dayOf } from './days.ts';
import { codeOf } from './faults.ts';
import { takeLock } from './migrations.ts';
import type { Sql } from './sql.ts';

/** Days made before they come. */
const AHEAD = 3;
/** A row found no partition: another agent's retention has dropped it since. */
const NO_PARTITION = '23514';
const FIRST_DAY = 0;
const LAST_DAY = Date.UTC(9_999, 11, 31);

/** Times that a partition can be made for; none of a sample lies outside. */
export const isStorableTime = (ts: number): boolean => ts >= FIRST_DAY && ts < LAST_DAY;

const nameOf = (day: number): string => `sample_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;

export type Partitions = {
  enabled: boolean;
  /** Sees to it that rows of these days can be written. */
  ensure(days: Iterable<number>): Promise<void>;
  ensureAhead(now: number): Promise<void>;
  /** `write`, and once more where a partition was dropped meanwhile. */
  during<T>(days: Iterable<number>, write: () => Promise<T>): Promise<T>;
  forget(): void;
};

/** The days of `sample`. Where the table is a plain one, there is nothing to do. */
export async function openPartitions(database: PostgresDatabase): Promise<Partitions> {
  const enabled = await database.read(isPartitioned);
  const known = new Set<number>();

  const ensure = async (days: Iterable<number>): Promise<void> => {
    const missing = enabled ? [...new Set(days)].filter((day) => !known.has(day)).sort((a, b) => a - b) : [];
    if (missing.length === 0) return;
    await database.transaction(async (sql) => {
      const there = new Set((await partitionsOf(sql)).map(({ day }) => day));
      if (missing.every((day) => there.has(day))) return;
      await takeLock(sql, 'partitions');
      const now = new Set((await partitionsOf(sql)).map(({ day }) => day));
      for (const day of missing) if (!now.has(day)) await makePartition(sql, day);
    });
    for (const day of missing) known.add(day);
  };

  return {
    enabled,
    ensure,
    ensureAhead: (now) => ensure(Array.from({ length: AHEAD }, (_, i) => dayOf(now) + i * DAY)),
    async during(days, write) {
      const wanted = [...days];
      await ensure(wanted);
      try {
        return await write();
      } catch (error) {
        if (!enabled || codeOf((error as Error).cause) !== NO_PARTITION) throw error;
        known.clear();
        await ensure(wanted);
        return write();
      }
    },
    forget: () => known.clear(),
  };
}

const isPartitioned = async (sql: Sql): Promise<boolean> =>
  (await sql.first<{ kind: string }>("SELECT relkind AS kind FROM pg_class WHERE oid = to_regclass('sample')"))
    ?.kind === 'p';

export type Partition = { name: string; day: number };

/** Oldest first. */
export async function partitionsOf(sql: Sql): Promise<Partition[]> {
  const rows = await sql.rows<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = to_regclass('sample') ORDER BY c.relname`,
  );
  return rows.flatMap(({ name }): Partition[] => {
    const [, year, month, date] = /^sample_(\d{4})(\d\d)(\d\d)$/.exec(name) ?? [];
    return year === undefined ? [] : [{ name, day: Date.UTC(Number(year), Number(month) - 1, Number(date)) }];
  });
}

/** Made apart and then attached: that lets reads and writes of the other days go on. */
const makePartition = (sql: Sql, day: number): Promise<void> =>
  sql.script(
    `CREATE TABLE ${nameOf(day)} (LIKE sample INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
     ALTER TABLE sample ATTACH PARTITION ${nameOf(day)} FOR VALUES FROM (${day}) TO (${day + DAY});`,
  );
