import type { SampleStore } from '../store.ts';
import type { PostgresDatabase } from './database.ts';
import { hpaClusters } from './hpa-clusters.ts';
import { openPostgres, type PostgresOptions } from './open.ts';
import { sampleMethods } from './sample-methods.ts';

/** `database`: for what stands beside the Store in the same database, such as who owns which cluster. */
export type PostgresStore = Pick<SampleStore, 'listClusters' | 'saveCluster' | 'removeCluster' | 'close'> & {
  database: PostgresDatabase;
};

/**
 * The Store over PostgreSQL, or what speaks like it. Calls that concern one cluster are done in the order they were made.
 * @throws AgentError as `openPostgres`
 */
export async function openPostgresStore(options: PostgresOptions): Promise<PostgresStore> {
  const database = await openPostgres(options);
  const clusters = hpaClusters(database);
  return { ...sampleMethods({ database, clusters }), database };
}
