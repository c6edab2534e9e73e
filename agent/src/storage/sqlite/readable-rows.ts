import type { Database } from 'better-sqlite3';

export type Row = Record<string, unknown>;

/** What can be read of a table of a damaged database, and whether that is all of it. */
export type Readable = { rows: number; complete: boolean };

const KEY = '#key';

/**
 * Gives `take` every row that can be read: from the first one on until a damaged page, then from the last one back. A row may be given
 * twice.
 */
export function readTable(
  db: Database,
  table: string,
  take: (row: Row) => void,
  key: readonly string[] = ['rowid'],
): Readable {
  let rows = 0;
  const walk = (order: 'ASC' | 'DESC'): boolean =>
    untilDamage(() => {
      const by = key.map((column) => `${column} ${order}`).join(', ');
      const statement = db.prepare<[], Row>(`SELECT *, ${key[0]} AS "${KEY}" FROM ${table} ORDER BY ${by}`);
      for (const { [KEY]: _, ...row } of statement.iterate()) {
        take(row);
        rows++;
      }
    });
  const complete = walk('ASC');
  if (!complete) walk('DESC');
  return { rows, complete };
}

/** Whether a database has a table, which those of older versions may not; true where that cannot be read. */
export function hasTable(db: Database, table: string): boolean {
  let found = true;
  untilDamage(() => {
    found = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined;
  });
  return found;
}

/** The rows of one HPA, those before the first damaged page. */
export function readRowsOf(
  db: Database,
  table: string,
  column: string,
  id: number,
  take: (row: Row) => void,
): Readable {
  let rows = 0;
  const complete = untilDamage(() => {
    for (const row of db.prepare<[number], Row>(`SELECT * FROM ${table} WHERE ${column} = ?`).iterate(id)) {
      take(row);
      rows++;
    }
  });
  return { rows, complete };
}

/** Ids of HPAs by the index of their names, which stands on other pages than the HPAs themselves. */
export function readHpaIds(db: Database): number[] {
  const ids: number[] = [];
  untilDamage(() => {
    for (const id of db.prepare<[], number>('SELECT id FROM hpa ORDER BY cluster, namespace, name').pluck().iterate())
      ids.push(id);
  });
  return ids;
}

function untilDamage(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    // Only what reading the damaged file throws: what writing the new one throws (a full disk) is no damage.
    if (error instanceof UnwritableError) throw error.cause;
    return false;
  }
}

/** Carries what a writer threw through a reader. */
export class UnwritableError extends Error {}
