import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { AgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { DATABASE_FILE } from '../storage/data-lock.ts';
import type { OpeningCheck } from '../storage/sqlite/rebuild.ts';
import { lastRebuilt, type Rebuilt } from '../storage/sqlite/rebuilt-report.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import type { Store } from '../storage/store.ts';

export type KeepingOptions = { dataDir: string; clock: Clock; logger: Logger; check: OpeningCheck };

export type Keeping = {
  store: Store;
  /** Resolves when the store can serve no longer. */
  broken: Promise<AgentError>;
  rebuilt: () => Rebuilt | null;
};

/** The store of a data directory; a damaged database is replaced by a new one. */
export async function openKeeping({ dataDir, clock, logger, check }: KeepingOptions): Promise<Keeping> {
  const path = join(dataDir, DATABASE_FILE);
  let onBroken: (error: AgentError) => void = () => undefined;
  const broken = new Promise<AgentError>((resolve) => (onBroken = resolve));
  const store = await openSqliteStore({ path, now: () => clock.now(), logger, check, onBroken });
  return { store, broken, rebuilt: () => lastRebuilt(path) };
}
