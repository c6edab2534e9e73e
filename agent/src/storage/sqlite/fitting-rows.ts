import type { Database, Statement } from 'better-sqlite3';
import { isClusterName, isHpaName, isNamespaceName } from '../../domain/hpa.ts';
import { UnwritableError, type Row } from './readable-rows.ts';

type Column = { name: string; type: string; notnull: number };

/** Columns whose text is JSON, which whoever reads them takes for granted. */
const JSON_COLUMNS = new Set([
  'hpa.metrics',
  'hpa.baseline_columns',
  'cluster.definition',
  'detector_state.state',
  'detector_state.profile',
  'notification.message',
  'notification_mark.message',
]);

const NAMES: Record<string, (name: string) => boolean> = {
  'cluster.name': isClusterName,
  'hpa.cluster': isClusterName,
  'hpa.namespace': isNamespaceName,
  'hpa.name': isHpaName,
};

/**
 * Writes rows that were read out of a damaged database into a sound one, one table. A row whose values are not of the kind of their
 * columns is left out: SQLite has no checksums, so a damaged page may well give rows that never were.
 * @returns whether the row was written
 */
export function fittingRows(db: Database, table: string): (row: Row) => boolean {
  const columns = db.pragma(`table_info(${table})`) as Column[];
  const inserts = new Map<string, Statement<unknown[]>>();
  return (row) => {
    // A database of an older version has fewer columns; the others have defaults.
    const known = columns.filter(({ name }) => name in row);
    if (!known.every((column) => fits(table, column, row[column.name]))) return false;
    const names = known.map(({ name }) => name).join(', ');
    let insert = inserts.get(names);
    if (!insert) {
      insert = db.prepare(`INSERT OR REPLACE INTO ${table} (${names}) VALUES (${known.map(() => '?').join(', ')})`);
      inserts.set(names, insert);
    }
    try {
      insert.run(...known.map(({ name }) => row[name]));
      return true;
    } catch (cause) {
      const code = (cause as { code?: string }).code ?? '';
      if (code.startsWith('SQLITE_CONSTRAINT')) return false;
      throw new UnwritableError('the new database cannot be written', { cause });
    }
  };
}

function fits(table: string, { name, type, notnull }: Column, value: unknown): boolean {
  if (value === null) return notnull === 0;
  if (type === 'INTEGER') return Number.isSafeInteger(value);
  if (type === 'REAL') return typeof value === 'number';
  if (typeof value !== 'string') return false;
  const place = `${table}.${name}`;
  return (NAMES[place]?.(value) ?? true) && (!JSON_COLUMNS.has(place) || isJson(value));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
