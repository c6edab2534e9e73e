import { statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { AgentError } from '../../core/errors.ts';
import { newerSchema, schemaVersion } from './migrations.ts';
import { MIGRATIONS } from './schema.ts';

/** Tables that were there from the first version on. */
const OURS = ['hpa', 'sample', 'migration'];

/**
 * Refuses what is a sound database but not one that this version may touch. A file without tables is new.
 * @throws AgentError `storage/foreign`, `storage/newer-schema`, `storage/corrupt` where the file contradicts itself
 */
export function assertOurs(db: Database): void {
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")
    .pluck()
    .all();
  const version = schemaVersion(db);
  if (tables.length > 0 && !OURS.every((name) => tables.includes(name)))
    throw new AgentError(
      'storage/foreign',
      `${db.name} is a SQLite database, but not one of HPA Watch (it has the tables ${tables.slice(0, 5).join(', ')}): ` +
        'it is left as it is; move it away or choose another data directory.',
      { details: { path: db.name, tables: tables.slice(0, 20) } },
    );
  if (tables.length > 0) {
    const applied = Number(db.prepare('SELECT MAX(version) FROM migration').pluck().get() ?? 0);
    // Both are written in one transaction: where they differ, one of them was not written by us.
    if (applied !== version)
      throw new AgentError(
        'storage/corrupt',
        `The database ${db.name} is damaged (its header says schema ${version}, its tables say ${applied}).`,
      );
  }
  if (version > MIGRATIONS.length) throw newerSchema(db.name, version, MIGRATIONS.length);
}

/** The same before a connection that could change anything is opened; a file that is missing or empty is new. */
export function assertOursAt({ path, busyTimeoutMs }: { path: string; busyTimeoutMs: number }): void {
  if (bytesOf(path) > 0) withReader(path, busyTimeoutMs, assertOurs);
}

/** `run` with a connection that changes nothing of the file, not even by closing it. */
export function withReader<T>(path: string, busyTimeoutMs: number, run: (db: Database) => T): T {
  const db = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  try {
    return run(db);
  } finally {
    db.close();
  }
}

/** 0 for a file that is not there. */
export const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** What SQLite finds wrong with the file, [] means whole; `quick` leaves out whether indexes agree with their tables. */
export function findingsOf(db: Database, depth: 'quick' | 'full'): string[] {
  const pragma = depth === 'quick' ? 'quick_check' : 'integrity_check';
  const rows = db.pragma(pragma) as Record<string, string>[];
  return rows.map((row) => String(row[pragma])).filter((finding) => finding !== 'ok');
}

/** Rows that name an HPA that is not there, as `table -> count`; [] means none. */
export function orphansOf(db: Database): string[] {
  const rows = db.pragma('foreign_key_check') as { table: string }[];
  const counts = new Map<string, number>();
  for (const { table } of rows) counts.set(table, (counts.get(table) ?? 0) + 1);
  return [...counts].map(([table, count]) => `${count} rows of ${table} without their HPA`);
}
