import { existsSync, realpathSync, rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { AgentError } from '../../core/errors.ts';
import { copyChecked, type BackupProgress, type CopyFacts } from './backup.ts';
import { syncToDisk } from '../durable-file.ts';
import { storageError } from './faults.ts';
import { bytesOf, withReader } from './identity.ts';
import { removeDatabase, replaceDatabase } from './set-aside.ts';
import { toldListPath } from './told-list.ts';
import { watchedListPath } from './watched-list.ts';

export type Restored = CopyFacts & {
  /** Where the database that was there before is kept; null: there was none. */
  keptAs: string | null;
};

/**
 * Puts a copy of `file` in the place of the database `path`, which is kept under another name. Nobody else may work with the
 * directory: take its lock first.
 * @throws AgentError `storage/corrupt`, `storage/foreign`, `storage/newer-schema`, `storage/full`, `storage/failed`; nothing is changed then
 */
export async function restoreFrom(
  file: string,
  path: string,
  { now, onProgress }: { now: number; onProgress: BackupProgress },
): Promise<Restored> {
  if (!existsSync(file)) throw new AgentError('storage/failed', `There is no file ${file}.`);
  if (existsSync(path) && realpathSync(file) === realpathSync(path))
    throw new AgentError('storage/failed', `${file} is the database itself: there is nothing to restore.`);
  if (bytesOf(file) === 0) throw new AgentError('storage/corrupt', `${file} is empty: there is nothing to restore.`);
  const draft = `${path}.restoring`;
  try {
    const facts = await copyChecked(file, draft, onProgress);
    outdateRevisions(draft, path);
    emptyLog(path);
    const keptAs = replaceDatabase(path, draft, { label: 'before-restore', now });
    // They tell of the database before; the next start writes them from this one.
    for (const list of [watchedListPath(path), toldListPath(path)]) rmSync(list, { force: true });
    return { ...facts, keptAs };
  } catch (error) {
    throw storageError(error, path);
  } finally {
    removeDatabase(draft);
  }
}

/** Clients that know later changes of anomalies than the restored database must read the whole list again. */
function outdateRevisions(draft: string, path: string): void {
  const sql = "SELECT value FROM counter WHERE name = 'anomaly_changes'";
  let latest = 0;
  try {
    if (bytesOf(path) > 0) latest = withReader(path, 0, (db) => db.prepare<[], number>(sql).pluck().get()) ?? 0;
  } catch {
    // The present one is damaged, which may well be why another one is restored.
  }
  const db = new Sqlite(draft);
  try {
    db.prepare(
      `UPDATE counter SET value = 1 + MAX(?, (${sql})) WHERE name IN ('anomaly_changes', 'anomaly_deletes')`,
    ).run(latest);
  } finally {
    db.close();
  }
  syncToDisk(draft);
}

/** What the log of the present database holds goes into its file, so that one file is all there is to keep. */
function emptyLog(path: string): void {
  if (bytesOf(path) === 0) return;
  try {
    const db = new Sqlite(path, { timeout: 0 });
    try {
      db.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      db.close();
    }
  } catch {
    // Damaged: it is kept as it is, with its log.
  }
}
