import { openDatabase, type DatabaseOptions, type PostgresDatabase } from './database.ts';
import { migrate } from './migrations.ts';
import { MIGRATIONS } from './schema.ts';

export type PostgresOptions = DatabaseOptions & {
  /** Wall clock, epoch ms; dates the migrations. */
  now: () => number;
  /** Samples in partitions by day; counts where the tables are made. Default: true. */
  partitions?: boolean;
};

/**
 * A database with our tables, made or brought up to date where needed.
 * @throws AgentError `storage/unreachable`, `storage/newer-schema`, `storage/foreign`, `storage/read-only`, `storage/failed`
 */
export async function openPostgres(options: PostgresOptions): Promise<PostgresDatabase> {
  const database = openDatabase(options);
  try {
    const { from, to } = await migrate(database, MIGRATIONS, { partitions: options.partitions ?? true }, options.now());
    if (from !== to) options.logger?.info({ where: database.where, from, to }, 'database schema brought up to date');
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
