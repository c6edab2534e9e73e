import type { PostgresDatabase } from './database.ts';
import { AgentError } from '../../core/errors.ts';
import { codeOf } from './faults.ts';
import type { Sql } from './sql.ts';

export type Migrated = { from: number; to: number };
export type SchemaChoices = {
  /** Samples partitioned by day. CockroachDB has no such partitions. */
  partitions: boolean;
};
/** A numbered step; one that was released is never changed, a new one is added. */
export type Migration = (choices: SchemaChoices) => string;

const LEDGER = `
  CREATE TABLE IF NOT EXISTS hpa_watch_schema (version INTEGER NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL);
  CREATE TABLE IF NOT EXISTS hpa_watch_lock (name TEXT NOT NULL PRIMARY KEY);
  INSERT INTO hpa_watch_lock (name) VALUES ('schema'), ('partitions'), ('housekeeping') ON CONFLICT (name) DO NOTHING;
`;
/** Tables of which another program may have one of that name. */
const OURS = ['hpa', 'sample', 'cluster', 'scan_state', 'scan_pace'];
/** IF NOT EXISTS does not wait for somebody who is making the same table: duplicate table, duplicate object, unique violation in the catalogue. */
const MADE_MEANWHILE = /^(42P07|42710|23505)$/;
const TRIES = 20;

export type LockName = 'schema' | 'partitions' | 'housekeeping';

/**
 * Takes a lock that is held until the end of the transaction. A row and not an advisory lock: those CockroachDB has not, and
 * a pooler may lose them.
 */
export const takeLock = (sql: Sql, name: LockName): Promise<unknown> =>
  sql.rows('SELECT name FROM hpa_watch_lock WHERE name = $1 FOR UPDATE', [name]);

/**
 * Brings the schema up to date, each step in a transaction of its own; agents that start at the same time wait for each other.
 * @throws AgentError `storage/newer-schema`, `storage/foreign`
 */
export async function migrate(
  database: PostgresDatabase,
  migrations: readonly Migration[],
  choices: SchemaChoices,
  now: number,
): Promise<Migrated> {
  await makeLedger(database);
  const from = await database.read(schemaVersion);
  if (from > migrations.length) throw newerSchema(database.where, from, migrations.length);
  for (const [index, step] of migrations.entries()) {
    if (index < from) continue;
    await database.transaction(async (sql) => {
      await takeLock(sql, 'schema');
      // Read again under the lock: another agent may have taken this step meanwhile.
      if ((await schemaVersion(sql)) > index) return;
      await sql.script(step(choices));
      await sql.run('INSERT INTO hpa_watch_schema (version, applied_at) VALUES ($1, $2)', [index + 1, now]);
    });
  }
  return { from, to: await database.read(schemaVersion) };
}

const schemaVersion = async (sql: Sql): Promise<number> =>
  (await sql.first<{ version: number }>('SELECT COALESCE(MAX(version), 0) AS version FROM hpa_watch_schema'))
    ?.version ?? 0;

async function makeLedger(database: PostgresDatabase): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await database.transaction(async (sql) => {
        if (await isThere(sql, 'hpa_watch_schema')) return;
        for (const table of OURS) if (await isThere(sql, table)) throw foreign(database.where, table);
        await sql.script(LEDGER);
      });
      return;
    } catch (error) {
      const code = error instanceof AgentError ? codeOf(error.cause) : null;
      if (tried >= TRIES || !MADE_MEANWHILE.test(code ?? '')) throw error;
    }
  }
}

const isThere = async (sql: Sql, table: string): Promise<boolean> =>
  (await sql.first<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [table]))?.found === true;

const foreign = (where: string, table: string): AgentError =>
  new AgentError(
    'storage/foreign',
    `The database ${where} has a table "${table}" that is not one of HPA Watch: it is left as it is; give HPA Watch a database or a schema of its own.`,
    { details: { where, table } },
  );

const newerSchema = (where: string, found: number, known: number): AgentError =>
  new AgentError(
    'storage/newer-schema',
    `The database ${where} has schema ${found}, and this version of HPA Watch knows ${known} at most: run the newer version, or choose another database.`,
    { details: { where, found, known } },
  );
