import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { AgentError } from '../../core/errors.ts';
import { syncToDisk } from '../durable-file.ts';
import { storageError } from './faults.ts';
import { assertOurs, findingsOf, orphansOf } from './identity.ts';
import { schemaVersion } from './migrations.ts';
import { removeDatabase } from './set-aside.ts';

export type BackupProgress = (part: 'copying' | 'checking', percent: number) => void;
export type CopyFacts = { schema: number; hpas: number; samples: number; bytes: number; newest: number | null };

const PAGES_AT_ONCE = 2_000;
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Writes a copy of a database to `to`, while an agent may be writing to it: the state of one moment, looked over before it gets
 * its name. Only its owner can read it.
 * @throws AgentError `storage/exists` where `to` is there and not to be replaced, `storage/corrupt`, `storage/foreign`,
 *   `storage/newer-schema`, `storage/full`, `storage/read-only`, `storage/failed`
 */
export async function backUp(
  from: string,
  to: string,
  { replace, onProgress }: { replace: boolean; onProgress: BackupProgress },
): Promise<CopyFacts> {
  if (existsSync(to) && !replace)
    throw new AgentError('storage/exists', `${to} is there already; choose another name, or replace it with --force.`);
  const draft = `${to}.draft`;
  try {
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    const facts = await copyChecked(from, draft, onProgress);
    renameSync(draft, to);
    syncToDisk(dirname(to));
    return facts;
  } catch (error) {
    throw storageError(error, to);
  } finally {
    // A name that no file can have (NUL, too long) has no draft, and its removal would hide why.
    if (existsSync(draft)) removeDatabase(draft);
  }
}

/** A copy of one moment under the name `draft`, whole and on the disk, as a single file. */
export async function copyChecked(from: string, draft: string, onProgress: BackupProgress): Promise<CopyFacts> {
  if (!existsSync(from)) throw new AgentError('storage/failed', `There is no database ${from}.`);
  removeDatabase(draft);
  closeSync(openSync(draft, 'wx', 0o600));
  await copyOneMoment(from, draft, onProgress);
  onProgress('checking', 0);
  const copy = new Sqlite(draft);
  try {
    // A single file, without a log beside it.
    copy.pragma('journal_mode = DELETE');
    const [finding] = [...findingsOf(copy, 'full'), ...orphansOf(copy)];
    if (finding !== undefined)
      throw new AgentError('storage/corrupt', `${from} is damaged (${finding}): there is no copy of it.`);
    if (schemaVersion(copy) === 0)
      throw new AgentError('storage/foreign', `${from} is no database of HPA Watch: it holds no tables.`);
    return { ...factsOf(copy), bytes: statSync(draft).size };
  } catch (error) {
    throw storageError(error, from);
  } finally {
    copy.close();
    syncToDisk(draft);
    onProgress('checking', 100);
  }
}

async function copyOneMoment(from: string, draft: string, onProgress: BackupProgress): Promise<void> {
  let db: Database | undefined;
  try {
    db = new Sqlite(from, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    // All pages are read in one transaction. Without it SQLite begins again whenever the agent writes, and may never end.
    db.exec('BEGIN');
    assertOurs(db);
    await db.backup(draft, {
      progress({ totalPages, remainingPages }) {
        onProgress('copying', Math.floor(100 * (1 - remainingPages / Math.max(1, totalPages))));
        return PAGES_AT_ONCE;
      },
    });
  } catch (error) {
    throw storageError(error, from);
  } finally {
    db?.close();
  }
}

function factsOf(db: Database): Omit<CopyFacts, 'bytes'> {
  const number = (sql: string) => db.prepare<[], number | null>(sql).pluck().get() ?? null;
  return {
    schema: schemaVersion(db),
    hpas: number('SELECT COUNT(*) FROM hpa WHERE enrolled = 1') ?? 0,
    samples: number("SELECT value FROM counter WHERE name = 'samples'") ?? 0,
    newest: number('SELECT MAX(scanned_until) FROM scan_state'),
  };
}
