import type { Database } from 'better-sqlite3';

export type Bound = number | null;
/** A row as `SAMPLE_COLUMNS` has it. */
export type SampleRow = [hpaId: number, ts: number, createdAfterMs: number, isBaseline: number, ...values: Bound[]];

const VALUE_COLUMNS = [
  'cpu_current',
  'memory_current',
  'memory_utilization',
  'replicas_current',
  'replicas_desired',
  'replicas_ready',
  'pressure',
  'scaling_limited',
  'scaling_active',
];
export const SAMPLE_COLUMNS = ['hpa_id', 'ts', 'created_after_ms', 'is_baseline', ...VALUE_COLUMNS];

/** `count` rows of one statement. */
export const insertInto = (table: string, count = 1): string => {
  const row = `(${SAMPLE_COLUMNS.map(() => '?').join(', ')})`;
  return `INSERT INTO ${table} (${SAMPLE_COLUMNS.join(', ')}) VALUES ${Array(count).fill(row).join(', ')}`;
};

/** What became of a row: it is new, or it is a baseline's from now on, or neither. */
export type Written = { isNew: boolean; isNewlyBaseline: boolean };

/** Puts rows into a table of samples: a known value is never erased, and a row that brings nothing touches no page. */
export function rowWriter(db: Database, table: 'sample' | 'recent_sample') {
  // Plain statements instead of one upsert: the first says whether the row is new, which keeps the counters exact.
  const insert = db.prepare<Bound[]>(`${insertInto(table)} ON CONFLICT DO NOTHING`);
  const set = VALUE_COLUMNS.map((column) => `${column} = COALESCE(?, ${column})`).join(', ');
  const isNews = VALUE_COLUMNS.map((column) => `${column} IS NOT COALESCE(?, ${column})`).join(' OR ');
  const update = db.prepare<Bound[]>(`UPDATE ${table} SET ${set} WHERE hpa_id = ? AND ts = ? AND (${isNews})`);
  const markBaseline = db.prepare<[number, number]>(
    `UPDATE ${table} SET is_baseline = 1 WHERE hpa_id = ? AND ts = ? AND is_baseline = 0`,
  );
  return (row: SampleRow): Written => {
    const [hpaId, ts, , isBaseline, ...values] = row;
    if (insert.run(...row).changes === 1) return { isNew: true, isNewlyBaseline: isBaseline === 1 };
    update.run(...values, hpaId, ts, ...values);
    return { isNew: false, isNewlyBaseline: isBaseline === 1 && markBaseline.run(hpaId, ts).changes === 1 };
  };
}
