import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AgentError } from '../core/errors.ts';

/**
 * Takes the data directory for this process; creates it (mode 0700) where it is missing. The lock is SQLite's own file lock,
 * which the kernel releases with the process, however it ends. The returned function gives it back.
 * @throws AgentError `agent/already-running`, `storage/failed` (directory not writable)
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
      : new AgentError('storage/failed', `Cannot use the data directory ${dataDir}: ${(cause as Error).message}`, {
          cause,
        });
  }
  const held = db;
  return () => held.close();
}
