import { randomUUID } from 'node:crypto';
import { AgentError } from '../../core/errors.ts';
import type { PostgresDatabase } from '../postgres/database.ts';
import { openPostgres } from '../postgres/open.ts';
import { openPartitions, type Partitions } from '../postgres/partitions.ts';
import type { Sql } from '../postgres/sql.ts';
import type { Digest } from './checksum.ts';

/** A part of a table that is copied in one transaction: a range of HPAs, or of samples an HPA and a day. */
export type Chunk = { table: string; first: number; day: number };
export type KnownChunk = Digest & { first: number; day: number; verified: boolean };

/** The database that is migrated to. */
export type Target = {
  where: string;
  partitions: Partitions;
  read: PostgresDatabase['read'];
  /** One transaction, refused where another run or an agent works with the database by now. */
  write<T>(run: (sql: Sql) => Promise<T>): Promise<T>;
  /** What was copied before, of a table, from `first` up to before `to`. */
  known(table: string, range: { first: number; to: number }): Promise<KnownChunk[]>;
  close(): Promise<void>;
};

const TABLES = `
  CREATE TABLE IF NOT EXISTS migration_source (
    born BIGINT NOT NULL PRIMARY KEY,
    path TEXT NOT NULL,
    run TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    finished_at BIGINT
  );
  -- What stands here is copied, with its count and checksum as they were in the source.
  CREATE TABLE IF NOT EXISTS migration_chunk (
    table_name TEXT COLLATE "C" NOT NULL,
    first BIGINT NOT NULL,
    day BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    baseline_rows BIGINT NOT NULL,
    checksum TEXT NOT NULL,
    verified SMALLINT NOT NULL,
    PRIMARY KEY (table_name, first, day)
  );
`;
/** Whatever a database holds that was used by an agent. */
const USED = ['cluster', 'hpa', 'sample_day', 'anomaly', 'notification', 'notification_mark', 'detector_state'];

export type TargetOptions = {
  url: string;
  /** As of openPostgres. */
  partitions?: boolean | undefined;
  now: () => number;
  source: { born: number; path: string };
};

/** @throws AgentError `storage/exists` where it holds anything else, and as `openPostgres` */
export async function openTarget({ url, now, source, partitions = true }: TargetOptions): Promise<Target> {
  const database = await openPostgres({ url, now, partitions, connections: 3 });
  try {
    await database.transaction((sql) => sql.script(TABLES));
    const run = randomUUID();
    await database.transaction((sql) => begin(sql, database.where, source, run, now()));
    return targetOf(database, run, await openPartitions(database));
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function begin(sql: Sql, where: string, source: TargetOptions['source'], run: string, now: number) {
  const before = await sql.rows<{ born: number; path: string }>('SELECT born, path FROM migration_source FOR UPDATE');
  const [known] = before;
  if (known !== undefined && known.born !== source.born)
    throw holdsOther(where, `it was filled from another database (${known.path})`);
  await assertNoAgents(sql, where);
  if (known !== undefined)
    return void (await sql.run('UPDATE migration_source SET run = $1, path = $2, finished_at = NULL', [
      run,
      source.path,
    ]));
  for (const table of USED)
    if ((await sql.first(`SELECT 1 AS found FROM ${table} LIMIT 1`)) !== null)
      throw holdsOther(where, `there are rows in its table "${table}"`);
  await sql.run('INSERT INTO migration_source (born, path, run, begun_at) VALUES ($1, $2, $3, $4)', [
    source.born,
    source.path,
    run,
    now,
  ]);
}

/** Whoever has worked with the database since would lose what he has written. */
async function assertNoAgents(sql: Sql, where: string): Promise<void> {
  for (const table of ['agent', 'cluster_lease'])
    if ((await sql.first(`SELECT 1 AS found FROM ${table} LIMIT 1`)) !== null)
      throw holdsOther(where, 'agents have begun to work with it');
}

function targetOf(database: PostgresDatabase, run: string, partitions: Partitions): Target {
  const { where, read } = database;
  return {
    where,
    partitions,
    read,
    write: (work) =>
      database.transaction(async (sql) => {
        const ours = await sql.first<{ run: string }>('SELECT run FROM migration_source FOR UPDATE');
        if (ours?.run !== run)
          throw new AgentError('storage/fenced', `Another migration to ${where} was begun: this one has stopped.`);
        await assertNoAgents(sql, where);
        return work(sql);
      }),
    known: (table, { first, to }) =>
      read(async (sql) => {
        const rows = await sql.rows<Digest & { first: number; day: number; verified: number }>(
          `SELECT first, day, rows, checksum, verified FROM migration_chunk
           WHERE table_name = $1 AND first >= $2 AND first < $3 ORDER BY first, day`,
          [table, first, to],
        );
        return rows.map((row) => ({ ...row, verified: row.verified === 1 }));
      }),
    close: () => database.close(),
  };
}

const holdsOther = (where: string, why: string): AgentError =>
  new AgentError(
    'storage/exists',
    `The database ${where} holds other data (${why}): nothing was changed. Give the migration an empty database, or one that it has filled itself.`,
    { details: { where } },
  );

/** Notes chunks as copied, in the transaction that copies them. */
export async function noteChunks(
  sql: Sql,
  chunks: readonly (Chunk & { digest: Digest; baseline: number })[],
): Promise<void> {
  if (chunks.length === 0) return;
  await sql.run(
    `INSERT INTO migration_chunk (table_name, first, day, rows, baseline_rows, checksum, verified)
     SELECT w.*, 0 FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
       AS w (table_name, first, day, rows, baseline_rows, checksum)
     ON CONFLICT (table_name, first, day) DO UPDATE SET rows = EXCLUDED.rows, baseline_rows = EXCLUDED.baseline_rows,
       checksum = EXCLUDED.checksum, verified = 0`,
    [
      chunks.map(({ table }) => table),
      chunks.map(({ first }) => first),
      chunks.map(({ day }) => day),
      chunks.map(({ digest }) => digest.rows),
      chunks.map(({ baseline }) => baseline),
      chunks.map(({ digest }) => digest.checksum),
    ],
  );
}

export async function setVerified(sql: Sql, chunks: readonly Chunk[]): Promise<void> {
  await eachChunk(sql, 'UPDATE migration_chunk c SET verified = 1 FROM', chunks);
}

/** What stands there is not what it should be: it is known, and to be replaced. */
export async function spoilChunks(sql: Sql, chunks: readonly Chunk[]): Promise<void> {
  await eachChunk(sql, "UPDATE migration_chunk c SET checksum = '', verified = 0 FROM", chunks);
}

export async function forgetChunks(sql: Sql, chunks: readonly Chunk[]): Promise<void> {
  await eachChunk(sql, 'DELETE FROM migration_chunk c USING', chunks);
}

const eachChunk = async (sql: Sql, statement: string, chunks: readonly Chunk[]): Promise<void> => {
  if (chunks.length === 0) return;
  await sql.run(
    `${statement} unnest($1::text[], $2::bigint[], $3::bigint[]) AS w (name, first, day)
     WHERE c.table_name = w.name AND c.first = w.first AND c.day = w.day`,
    [chunks.map(({ table }) => table), chunks.map(({ first }) => first), chunks.map(({ day }) => day)],
  );
};
