import { join } from 'node:path';
import type { Config } from '../config/load.ts';
import type { Clock } from '../core/clock.ts';
import type { AgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { DATABASE_FILE } from '../storage/data-lock.ts';
import type { OpeningCheck } from '../storage/sqlite/rebuild.ts';
import { lastRebuilt, type Rebuilt } from '../storage/sqlite/rebuilt-report.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import type { LeaseTable } from '../domain/ownership.ts';
import type { DatabaseBuffer } from '../storage/spool/buffered-store.ts';
import type { Store } from '../storage/store.ts';
import type { Owning } from './owning.ts';

export type KeepingOptions = {
  config: Pick<Config, 'listen' | 'tls' | 'dataDir' | 'databaseUrl' | 'databasePartitions' | 'bufferBytes'>;
  clock: Clock;
  random: () => number;
  logger: Logger;
  check: OpeningCheck;
  /** What this agent owns, where several share a database; null: nothing yet. */
  owning: () => Owning | null;
};

export type Keeping = {
  store: Store;
  /** Who watches which cluster; null: nobody shares the database. */
  leases: LeaseTable | null;
  /** What waits for the database; null: it is in this process, and cannot be away. */
  buffer: DatabaseBuffer | null;
  /** Resolves when the store can serve no longer. */
  broken: Promise<AgentError>;
  rebuilt: () => Rebuilt | null;
};

/** The store of a data directory, where a damaged database is replaced by a new one, or the one that several agents share. */
export async function openKeeping(options: KeepingOptions): Promise<Keeping> {
  const { dataDir, databaseUrl } = options.config;
  if (databaseUrl === null) return openOwn(dataDir, options);
  // Nothing of PostgreSQL is loaded where nobody asks for it.
  const { openSharedKeeping } = await import('./shared-keeping.ts');
  const shared = await openSharedKeeping({ ...options, url: databaseUrl });
  return { ...shared, broken: new Promise(() => undefined), rebuilt: () => null };
}

async function openOwn(
  dataDir: string,
  { clock, logger, check }: Pick<KeepingOptions, 'clock' | 'logger' | 'check'>,
): Promise<Keeping> {
  const path = join(dataDir, DATABASE_FILE);
  let onBroken: (error: AgentError) => void = () => undefined;
  const broken = new Promise<AgentError>((resolve) => (onBroken = resolve));
  const store = await openSqliteStore({ path, now: () => clock.now(), logger, check, onBroken });
  return { store, leases: null, buffer: null, broken, rebuilt: () => lastRebuilt(path) };
}
