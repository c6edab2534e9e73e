import { existsSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { AgentError } from '../../core/errors.ts';
import { storageError } from '../sqlite/faults.ts';
import { assertOurs } from '../sqlite/identity.ts';
import { assertSchema } from '../sqlite/read-only.ts';
import type { Cell } from './checksum.ts';
import { packDays, type SampleDay } from './sample-days.ts';
import type { CopiedTable } from './tables.ts';

const BUSY_TIMEOUT_MS = 5_000;

/** The data directory as it is at one moment, whatever an agent writes meanwhile. */
export type Source = {
  path: string;
  /** When its database was made: tells it from another one. */
  born: number;
  /** Ascending. */
  hpaIds(): number[];
  countOf(table: string): number;
  rows(table: CopiedTable, range: { from: number; to: number } | null): IterableIterator<Cell[]>;
  /** The days of an HPA, ascending. */
  sampleDays(hpaId: number): SampleDay[];
  /** Ids up to here were given once. */
  lastId(table: 'hpa' | 'notification'): number;
  counter(name: string): number;
  close(): void;
};

/**
 * Opens the database of an agent, which may be running: a reader of a write-ahead log hinders no writer. But the log cannot be cut back before
 * it is closed.
 * @throws AgentError `storage/failed`, `storage/foreign`, `storage/newer-schema`, `storage/corrupt`
 */
export function openSource(path: string): Source {
  if (!existsSync(path)) throw new AgentError('storage/failed', `There is no database ${path}.`, { details: { path } });
  let db: Database | undefined;
  try {
    db = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    assertOurs(db);
    assertSchema(db);
    // The first read fixes the moment.
    db.exec('BEGIN');
    const born = numberOf(db, 'SELECT applied_at FROM migration ORDER BY version LIMIT 1');
    return sourceOf(db, path, born);
  } catch (error) {
    db?.close();
    throw storageError(error, path);
  }
}

function sourceOf(db: Database, path: string, born: number): Source {
  const samples = db
    .prepare<[number], (number | null)[]>(
      `SELECT ts, ts + created_after_ms, is_baseline, cpu_current, memory_current, memory_utilization, replicas_current,
         replicas_desired, replicas_ready, pressure, scaling_limited, scaling_active
       FROM stored_sample WHERE hpa_id = ? ORDER BY ts`,
    )
    .raw();
  return {
    path,
    born,
    hpaIds: () => db.prepare<[], number>('SELECT id FROM hpa ORDER BY id').pluck().all(),
    countOf: (table) => numberOf(db, `SELECT COUNT(*) FROM ${table === 'sample' ? 'stored_sample' : table}`),
    rows({ name, columns, range: by, order }, range) {
      const told = columns.map(([column, , source]) => source ?? column).join(', ');
      const where = range === null ? '' : `WHERE ${by} >= ? AND ${by} < ?`;
      const statement = db.prepare<number[], Cell[]>(`SELECT ${told} FROM ${name} ${where} ORDER BY ${order}`).raw();
      return range === null ? statement.iterate() : statement.iterate(range.from, range.to);
    },
    sampleDays: (hpaId) => packDays(samples.all(hpaId)),
    lastId: (table) => numberOf(db, `SELECT seq FROM sqlite_sequence WHERE name = '${table}'`),
    counter: (name) => numberOf(db, `SELECT value FROM counter WHERE name = '${name}'`),
    close: () => void db.close(),
  };
}

const numberOf = (db: Database, sql: string): number => db.prepare<[], number | null>(sql).pluck().get() ?? 0;
