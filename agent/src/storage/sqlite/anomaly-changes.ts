import type { Database } from 'better-sqlite3';

/**
 * The numbers of changes: each written anomaly gets the next one. A revision names one of them and the database it belongs to, so that
 * one of another database is known as such. What writes must run inside a transaction.
 */
export function anomalyChangeStatements(db: Database) {
  const next = db
    .prepare<[], number>("UPDATE counter SET value = value + 1 WHERE name = 'anomaly_changes' RETURNING value")
    .pluck();
  const mark = db.prepare<[number, string]>('UPDATE anomaly SET change_seq = ? WHERE id = ?');
  const markDeleted = db.prepare<[number]>("UPDATE counter SET value = ? WHERE name = 'anomaly_deletes'");
  const value = db.prepare<[string], number>('SELECT value FROM counter WHERE name = ?').pluck();
  const born = db.prepare<[], number>('SELECT applied_at FROM migration ORDER BY version LIMIT 1').pluck();
  const place = (): string => (born.get() ?? 0).toString(36);

  return {
    noteChanged(id: string): void {
      mark.run(next.get() ?? 0, id);
    },
    /** Nobody can be told what is no longer there: the list has to be read again. */
    noteDeleted(count: number): void {
      if (count > 0) markDeleted.run(next.get() ?? 0);
    },
    revision: (): string => `${place()}.${(value.get('anomaly_changes') ?? 0).toString(36)}`,
    /** The number of a revision; null: of another database, from before a deletion, or no revision at all. */
    numberOf(revision: string): number | null {
      const [where, text = ''] = revision.split('.');
      const seq = parseInt(text, 36);
      if (where !== place() || seq.toString(36) !== text) return null;
      const isKnown = seq >= (value.get('anomaly_deletes') ?? 0) && seq <= (value.get('anomaly_changes') ?? 0);
      return isKnown ? seq : null;
    },
  };
}
