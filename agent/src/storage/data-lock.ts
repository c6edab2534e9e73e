import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AgentError } from '../core/errors.ts';
import { storageError } from './sqlite/faults.ts';

/** The database of a data directory. */
export const DATABASE_FILE = 'monitoring.db';

/**
 * Takes the data directory for this process; creates it (mode 0700) where it is missing. The lock is SQLite's own file lock,
 * which the kernel releases with the process, however it ends. The returned function gives it back.
 * @throws AgentError `agent/already-running`, `storage/read-only` or `storage/failed` where the directory cannot be used
 */
export function lockDataDir(dataDir: string): () => void {
  let db: Database.Database | undefined;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    db = new Database(join(dataDir, 'agent.lock'), { timeout: 0 });
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db?.close();
    const busy = (cause as { code?: string }).code === 'SQLITE_BUSY';
    throw busy
      ? new AgentError(
          'agent/already-running',
          `Another agent works with ${dataDir}; stop it or choose another dataDir`,
          { cause },
        )
      : unusable(dataDir, cause);
  }
  const held = db;
  return () => held.close();
}

function unusable(dataDir: string, cause: unknown): AgentError {
  const { code } = storageError(cause, dataDir);
  const what = code === 'storage/read-only' ? '; it must belong to the user the agent runs as, and be writable' : '';
  return new AgentError(
    code === 'storage/read-only' ? code : 'storage/failed',
    `Cannot use the data directory ${dataDir}: ${(cause as Error).message}${what}`,
    { cause },
  );
}
