import { existsSync } from 'node:fs';
import type { Database as Connection } from 'better-sqlite3';
import { isAgentError } from '../../core/errors.ts';
import { clearCleanStop, wasStoppedCleanly } from './clean-stop.ts';
import { connect } from './connection.ts';
import { openDatabase, type Database, type DatabaseOptions } from './database.ts';
import { syncToDisk } from '../durable-file.ts';
import { codeOf } from './faults.ts';
import { assertOurs, bytesOf, findingsOf, withReader } from './identity.ts';
import { migrate } from './migrations.ts';
import { writeReport, type Rebuilt } from './rebuilt-report.ts';
import { salvage, type Salvaged, type SalvageSources } from './salvage.ts';
import { MIGRATIONS } from './schema.ts';
import { removeDatabase, replaceDatabase } from './set-aside.ts';
import { readToldList } from './told-list.ts';
import { readWatchedList } from './watched-list.ts';

/** How thoroughly a database is looked at before it is used; `quick`: not at all where it is as a clean stop left it. */
export type OpeningCheck = 'quick' | 'full';

/**
 * Opens the database, after a check. One that is damaged, empty or lost is kept under another name and replaced by a new one that
 * holds what can still be told, with everything else to be asked of Prometheus again.
 */
export function openOrRebuild(
  options: DatabaseOptions,
  check: OpeningCheck,
): { database: Database; rebuilt: Rebuilt | null } {
  const reason = damageOf(options, check);
  clearCleanStop(options.path);
  const rebuilt = reason === null ? null : rebuild(options, reason);
  return { database: openDatabase(options), rebuilt };
}

/** What is wrong with the file; null: it is sound, or new. */
function damageOf({ path, busyTimeoutMs }: DatabaseOptions, check: OpeningCheck): string | null {
  if (!existsSync(path)) {
    const list = readWatchedList(path);
    return list !== null && list.clusters.length + list.hpas.length > 0 ? 'the file is missing' : null;
  }
  if (bytesOf(path) === 0) return 'the file is empty';
  const isKnownSound = check === 'quick' && wasStoppedCleanly(path);
  try {
    return withReader(path, busyTimeoutMs, (db) => {
      assertOurs(db);
      const findings = isKnownSound ? [] : findingsOf(db, check);
      return findings[0]?.split('\n')[0] ?? forgotten(db);
    });
  } catch (error) {
    return damageIn(error);
  }
}

/** Sound, and yet without everything that was in its log: somebody has removed that. */
function forgotten(db: Connection): string | null {
  const watched = readWatchedList(db.name)?.hpas.length ?? 0;
  const hasTable = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'hpa'").get() !== undefined;
  const stored = hasTable ? Number(db.prepare('SELECT COUNT(*) FROM hpa').pluck().get()) : 0;
  return watched > 0 && stored === 0 ? `it has none of ${watched} HPAs, its log was lost` : null;
}

function damageIn(error: unknown): string {
  const isDamage = isAgentError(error)
    ? error.code === 'storage/corrupt'
    : /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error) ?? '');
  if (!isDamage) throw error;
  return (error as Error).message;
}

function rebuild(options: DatabaseOptions, reason: string): Rebuilt {
  const { path, now } = options;
  const draft = `${path}.rebuilding`;
  removeDatabase(draft);
  const salvaged = fill({ ...options, path: draft }, path);
  syncToDisk(draft);
  const keptAs = replaceDatabase(path, draft, { label: 'damaged', now });
  const rebuilt: Rebuilt = { at: now, reason, keptAs, ...salvaged };
  writeReport(path, rebuilt);
  return rebuilt;
}

function fill(options: DatabaseOptions, damagedPath: string): Salvaged {
  const fresh = connect(options);
  try {
    migrate(fresh, MIGRATIONS, options.now);
    const from = (damaged: Connection | null): Salvaged => {
      const sources: SalvageSources = { damaged, list: readWatchedList(damagedPath), told: readToldList(damagedPath) };
      return salvage(fresh, sources, options.now, () => performance.now());
    };
    return bytesOf(damagedPath) === 0 ? from(null) : withReader(damagedPath, options.busyTimeoutMs, from);
  } finally {
    fresh.close();
  }
}
