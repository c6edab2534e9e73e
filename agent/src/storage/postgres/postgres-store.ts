import { randomUUID } from 'node:crypto';
import { AgentError } from '../../core/errors.ts';
import type { Store } from '../store.ts';
import { anomalyMethods, anomalyParts } from './anomaly-methods.ts';
import type { PostgresDatabase } from './database.ts';
import { hpaClusters } from './hpa-clusters.ts';
import { openPostgres, type PostgresOptions } from './open.ts';
import { openPartitions } from './partitions.ts';
import { sampleMethods } from './sample-methods.ts';

/** `database`: for what stands beside the Store in the same database, such as who owns which cluster. */
export type PostgresStore = Store & { database: PostgresDatabase };

/**
 * The Store over PostgreSQL, or what speaks like it. Calls that concern one cluster are done in the order they were made.
 * @throws AgentError as `openPostgres`; `storage/exists` where a migration has filled a part of it
 */
export async function openPostgresStore(options: PostgresOptions): Promise<PostgresStore> {
  const database = await openPostgres(options);
  try {
    await assertWhole(database);
    const clusters = hpaClusters(database);
    const partitions = await openPartitions(database);
    await partitions.ensureAhead(options.now());
    const methods: Store = {
      ...sampleMethods({ database, clusters, partitions, anomalies: anomalyParts }),
      ...anomalyMethods({ database, clusters, holder: randomUUID() }),
    };
    return { ...asked(methods, database), close: () => database.close(), database };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** What an agent begins to write into the half of something no migration could bring to its end. */
async function assertWhole({ read, where }: PostgresDatabase): Promise<void> {
  const isFilled = await read(async (sql) => {
    if ((await sql.first("SELECT 1 AS found WHERE to_regclass('migration_source') IS NOT NULL")) === null) return false;
    return (await sql.first('SELECT born FROM migration_source WHERE finished_at IS NULL')) !== null;
  });
  if (!isFilled) return;
  throw new AgentError(
    'storage/exists',
    `The database ${where} is filled by a migration that has not come to its end: run "hpa-watch migrate" again, then start the agent.`,
    { details: { where } },
  );
}

/** Calls of a closed store are refused; those made before are done. */
function asked<M extends object>(methods: M, database: PostgresDatabase): M {
  const wrap =
    (method: (...args: unknown[]) => Promise<unknown>) =>
    (...args: unknown[]) =>
      database.asked(() => method(...args));
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [name, wrap(method as (...args: unknown[]) => Promise<unknown>)]),
  ) as M;
}
