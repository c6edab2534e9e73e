import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { syncToDisk } from '../durable-file.ts';

export type ConnectionOptions = {
  path: string;
  /** How long SQLite itself tries again while another process holds the write lock. */
  busyTimeoutMs: number;
  /** Upper limit of the file; a write beyond it is refused like on a full disk. null: the disk's. */
  maxBytes: number | null;
};

const PAGE_BYTES = 4_096;
/** A write-ahead log that grew larger (a long reader) is cut back to this. */
const WAL_LIMIT_BYTES = 16 * 1024 * 1024;

/** Opens the file, readable by its owner only (0600, its directory 0700), with the pragmas of this database. */
export function connect({ path, busyTimeoutMs, maxBytes }: ConnectionOptions): Database {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Made before SQLite opens it: SQLite gives the log and its index the mode of the file.
  const isNew = !existsSync(path);
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  // SQLite carries the name of its log to the disk, but not that of a file it found.
  if (isNew) syncToDisk(dirname(path));
  const db = new Sqlite(path, { timeout: busyTimeoutMs });
  try {
    db.pragma(`page_size = ${PAGE_BYTES}`);
    // Only before the first table and before the log: later it would need a full VACUUM.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
    if (maxBytes !== null) db.pragma(`max_page_count = ${Math.ceil(maxBytes / PAGE_BYTES)}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
