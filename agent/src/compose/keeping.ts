import { join } from 'node:path';
import { invalid } from '../config/problems.ts';
import type { Clock } from '../core/clock.ts';
import type { AgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { DATABASE_FILE } from '../storage/data-lock.ts';
import type { OpeningCheck } from '../storage/sqlite/rebuild.ts';
import { lastRebuilt, type Rebuilt } from '../storage/sqlite/rebuilt-report.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import type { LeaseTable } from '../domain/ownership.ts';
import type { Store } from '../storage/store.ts';
import type { Owning } from './owning.ts';

export type KeepingOptions = {
  dataDir: string;
  databaseUrl: string | null;
  clock: Clock;
  logger: Logger;
  check: OpeningCheck;
  /** What this agent owns, where several share a database; null: nothing yet. */
  owning: () => Owning | null;
};

export type Keeping = {
  store: Store;
  /** Who watches which cluster; null: nobody shares the database. */
  leases: LeaseTable | null;
  /** Resolves when the store can serve no longer. */
  broken: Promise<AgentError>;
  rebuilt: () => Rebuilt | null;
};

/** The store of a data directory; a damaged database is replaced by a new one. */
export async function openKeeping({ dataDir, databaseUrl, clock, logger, check }: KeepingOptions): Promise<Keeping> {
  // Ignoring it would quietly keep the data somewhere else than asked.
  if (databaseUrl !== null)
    throw invalid([
      {
        path: 'HPA_WATCH_DATABASE_URL',
        found: 'a value',
        allowed: 'nothing: this version keeps its data in SQLite only',
      },
    ]);
  const path = join(dataDir, DATABASE_FILE);
  let onBroken: (error: AgentError) => void = () => undefined;
  const broken = new Promise<AgentError>((resolve) => (onBroken = resolve));
  const store = await openSqliteStore({ path, now: () => clock.now(), logger, check, onBroken });
  return { store, leases: null, broken, rebuilt: () => lastRebuilt(path) };
}
