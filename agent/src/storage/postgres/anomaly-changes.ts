import type { Sql } from './sql.ts';

/** What a transaction did to anomalies: ids that were written, and how many were deleted. */
export type AnomalyNotes = { changed: string[]; deleted: number };

type Counter = { last_change: number; last_delete: number };

/**
 * Gives what was written the next numbers. To be the last statement of a transaction: whoever changes anomalies waits from here on, so
 * that nobody who has read a number can miss a smaller one.
 */
export async function noteChanges(sql: Sql, { changed, deleted }: AnomalyNotes): Promise<void> {
  const ids = [...new Set(changed)];
  if (ids.length === 0 && deleted === 0) return;
  const numbers = ids.length + (deleted > 0 ? 1 : 0);
  const counter = await sql.first<Counter>(
    `UPDATE anomaly_change SET last_change = last_change + $1::bigint,
       last_delete = CASE WHEN $2 THEN last_change + $1::bigint ELSE last_delete END
     WHERE name = 'all' RETURNING last_change, last_delete`,
    [numbers, deleted > 0],
  );
  if (ids.length === 0) return;
  const first = (counter?.last_change ?? 0) - numbers + 1;
  await sql.run(
    `UPDATE anomaly a SET change_seq = w.seq FROM unnest($1::text[], $2::bigint[]) AS w (id, seq) WHERE a.id = w.id`,
    [ids, ids.map((_, i) => first + i)],
  );
}

/** A revision names a number and the database it belongs to, so that one of another database is known as such. */
export async function readRevision(sql: Sql) {
  const counter = await sql.first<Counter>("SELECT last_change, last_delete FROM anomaly_change WHERE name = 'all'");
  const born = await sql.first<{ at: number }>(
    'SELECT applied_at AS at FROM hpa_watch_schema ORDER BY version LIMIT 1',
  );
  const { last_change: last = 0, last_delete: lastDelete = 0 } = counter ?? {};
  const place = (born?.at ?? 0).toString(36);
  return {
    revision: `${place}.${last.toString(36)}`,
    /** The number of a revision; null: of another database, from before a deletion, or no revision at all. */
    numberOf(revision: string): number | null {
      const [where, text = ''] = revision.split('.');
      const seq = parseInt(text, 36);
      if (where !== place || seq.toString(36) !== text) return null;
      return seq >= lastDelete && seq <= last ? seq : null;
    },
  };
}
