import type { Sql } from '../postgres/sql.ts';
import { copySamples, verifySamples } from './copy-samples.ts';
import { copyTable, HPAS_AT_ONCE, verifyTable, type Range } from './copy-tables.ts';
import { openSource, type Source } from './source.ts';
import { openTarget, type Target } from './target.ts';
import { COPIED_TABLES } from './tables.ts';

export type MigrateOptions = {
  /** The database file of a data directory. */
  path: string;
  url: string;
  /** Samples in partitions by day; default: true. */
  partitions?: boolean;
  /** Wall clock, epoch ms. */
  now: () => number;
  onProgress: (progress: MigrateProgress) => void;
};

/** `total`: what is known of it when the part begins. */
export type MigrateProgress = { part: 'copying' | 'checking'; table: string; rows: number; total: number };

export type MigratedTable = {
  table: string;
  /** In the source, and read back from the target. */
  sourceRows: number;
  targetRows: number;
  /** Written by this run. */
  written: number;
};
export type MigrateReport = { where: string; hpas: number; tables: MigratedTable[] };

/**
 * Copies what a data directory holds at this moment into a PostgreSQL database that holds nothing else, and reads it back. May end at any point: what is
 * copied is noted in the target in the same transactions, and the next run copies only what is missing or has changed since.
 * @throws AgentError `storage/exists` for a target that holds other data, `storage/corrupt` where what was read back differs
 */
export async function migrateToPostgres({
  path,
  url,
  partitions,
  now,
  onProgress,
}: MigrateOptions): Promise<MigrateReport> {
  const source = openSource(path);
  try {
    const target = await openTarget({ url, partitions, now, source });
    try {
      return await migrateAll(source, target, now, onProgress);
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}

async function migrateAll(
  source: Source,
  target: Target,
  now: () => number,
  onProgress: MigrateOptions['onProgress'],
): Promise<MigrateReport> {
  const hpaIds = source.hpaIds();
  const ranges = await rangesOf(hpaIds, target);
  const written = new Map<string, number>();
  const counting = (part: MigrateProgress['part'], table: string, total: number) => {
    let rows = 0;
    onProgress({ part, table, rows, total });
    return (more: number) => onProgress({ part, table, rows: (rows += more), total });
  };

  for (const table of COPIED_TABLES) {
    const onRows = counting('copying', table.name, source.countOf(table.name));
    written.set(table.name, await copyTable(source, target, table, ranges, onRows));
  }
  const samples = source.counter('samples');
  written.set('sample', await copySamples(source, target, hpaIds, counting('copying', 'sample', samples)));

  for (const table of COPIED_TABLES) {
    counting('checking', table.name, 0);
    await verifyTable(target, table, ranges);
  }
  await verifySamples(target, hpaIds, counting('checking', 'sample', samples));
  await target.write((sql) => finish(sql, source, now()));

  const tables = await Promise.all(
    [...COPIED_TABLES.map(({ name }) => name), 'sample'].map(async (table) => ({
      table,
      sourceRows: source.countOf(table),
      targetRows: await countIn(target, table),
      written: written.get(table) ?? 0,
    })),
  );
  return { where: target.where, hpas: hpaIds.length, tables };
}

/** Of the HPAs there are, and of those that there were when it was copied before. */
async function rangesOf(hpaIds: readonly number[], target: Target): Promise<Range[]> {
  const before = await target.known('hpa', { first: 0, to: Number.MAX_SAFE_INTEGER });
  const starts = new Set([...hpaIds.map((id) => id - (id % HPAS_AT_ONCE)), ...before.map(({ first }) => first)]);
  return [...starts].sort((a, b) => a - b).map((from) => ({ from, to: from + HPAS_AT_ONCE }));
}

/** Of samples, whose counting would take as long as their checking, what was counted when each day was read back. */
const countIn = (target: Target, table: string): Promise<number> =>
  target.read(async (sql) => {
    const counted =
      table === 'sample'
        ? "SELECT COALESCE(SUM(rows), 0) AS rows FROM migration_chunk WHERE table_name = 'sample' AND verified = 1"
        : `SELECT COUNT(*) AS rows FROM ${table}`;
    return (await sql.first<{ rows: number }>(counted))?.rows ?? 0;
  });

/** What an agent needs beside the rows: totals, numbers that go on where they were. */
async function finish(sql: Sql, source: Source, now: number): Promise<void> {
  await sql.run('DELETE FROM sample_day');
  // Retention looks once more at days that are thinned already, and finds nothing to do.
  await sql.run(
    `INSERT INTO sample_day (day, cluster, samples, baseline_samples, thinned_until)
     SELECT c.day, h.cluster, SUM(c.rows), SUM(c.baseline_rows), c.day FROM migration_chunk c JOIN hpa h ON h.id = c.first
     WHERE c.table_name = 'sample' GROUP BY c.day, h.cluster`,
  );
  // An id is never given twice, also where its row is gone.
  for (const table of ['hpa', 'notification'] as const) {
    const last = source.lastId(table);
    if (last > 0) await sql.rows(`SELECT setval(pg_get_serial_sequence('${table}', 'id'), $1::bigint)`, [last]);
  }
  await sql.run("UPDATE anomaly_change SET last_change = $1, last_delete = $2 WHERE name = 'all'", [
    source.counter('anomaly_changes'),
    source.counter('anomaly_deletes'),
  ]);
  await sql.run('UPDATE migration_source SET finished_at = $1', [now]);
}
