import type { Database } from 'better-sqlite3';
import { AgentError } from '../../core/errors.ts';

export type Migrated = { from: number; to: number };

/**
 * Brings the schema up to date, each step in a transaction of its own with its number in `user_version`.
 * @throws AgentError `storage/newer-schema` where the database was written by a newer version
 */
export function migrate(db: Database, migrations: readonly string[], now: number): Migrated {
  const from = schemaVersion(db);
  if (from > migrations.length) throw newerSchema(db.name, from, migrations.length);
  for (const [index, sql] of migrations.entries()) {
    const version = index + 1;
    db.transaction(() => {
      // Read again under the lock: another process may have taken this step meanwhile.
      if (schemaVersion(db) >= version) return;
      db.exec(sql);
      db.prepare('INSERT INTO migration (version, applied_at) VALUES (?, ?)').run(version, now);
      db.pragma(`user_version = ${version}`);
    }).immediate();
  }
  return { from, to: schemaVersion(db) };
}

export const schemaVersion = (db: Database): number => Number(db.pragma('user_version', { simple: true }));

export const newerSchema = (path: string, found: number, known: number): AgentError =>
  new AgentError(
    'storage/newer-schema',
    `The database ${path} has schema ${found}, and this version of HPA Watch knows ${known} at most: ` +
      'run the newer version, or choose another data directory.',
    { details: { path, found, known } },
  );
