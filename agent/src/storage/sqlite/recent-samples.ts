import type { Database } from 'better-sqlite3';
import { MINUTE } from '../../core/clock.ts';
import { rowWriter, SAMPLE_COLUMNS, type SampleRow, type Written } from './sample-rows.ts';

/** So many minutes of an HPA are carried over at once. More would write fewer pages, and be more to look through for each read. */
export const CARRIED_MINUTES = 60;
/** Of HPAs that bring nothing more, so many are carried over a write. */
const MOST_STRAGGLERS = 200;

/** Whether an HPA's turn came since it was last carried over. Turns are spread by id, so that each minute some HPAs have theirs. */
export const isTurn = (hpaId: number, carriedUntil: number, ts: number): boolean => {
  const turn = (at: number) => Math.floor((at / MINUTE + hpaId) / CARRIED_MINUTES);
  return turn(ts) > turn(carriedUntil);
};

export type RecentSamples = ReturnType<typeof recentStatements>;

/** Samples in the order of time, before they are carried over to the table by HPA. Must run inside a transaction. */
export function recentStatements(db: Database) {
  const writeRow = rowWriter(db, 'recent_sample');
  const insertMinute = db.prepare<[number]>('INSERT OR IGNORE INTO recent_minute (ts) VALUES (?)');
  const carry = db.prepare<[number, number]>(
    `INSERT INTO sample (${SAMPLE_COLUMNS.join()}) SELECT ${SAMPLE_COLUMNS.map((column) => `r.${column}`).join()}
     FROM recent_minute m CROSS JOIN recent_sample r ON r.ts = m.ts WHERE m.ts > ? AND r.hpa_id = ? ORDER BY m.ts`,
  );
  const setCarried = db.prepare<[number, number]>('UPDATE scan_state SET carried_until = ? WHERE hpa_id = ?');
  const span = db.prepare<[], { oldest: number | null; newest: number | null }>(
    'SELECT (SELECT MIN(ts) FROM recent_minute) AS oldest, (SELECT MAX(ts) FROM recent_minute) AS newest',
  );
  const stragglers = db
    .prepare<[number, number], number>(
      `SELECT r.hpa_id FROM recent_sample r JOIN scan_state p ON p.hpa_id = r.hpa_id
       WHERE r.ts = ? AND p.carried_until < r.ts LIMIT ?`,
    )
    .pluck();
  const dropRows = db.prepare<[number]>('DELETE FROM recent_sample WHERE ts = ?');
  const dropMinute = db.prepare<[number]>('DELETE FROM recent_minute WHERE ts = ?');
  const dropHpa = db.prepare<[number]>(
    'DELETE FROM recent_sample WHERE hpa_id = ? AND ts IN (SELECT ts FROM recent_minute)',
  );

  /** In `recent_minute` for certain. */
  let knownMinute: number | null = null;

  return {
    write(row: SampleRow): Written {
      const ts = row[1];
      if (ts !== knownMinute) insertMinute.run(ts);
      knownMinute = ts;
      return writeRow(row);
    },
    /** What was written was rolled back. */
    forget(): void {
      knownMinute = null;
    },
    /** Copies what is later than `carriedUntil`; the HPA's rows up to `until` then stand in `sample`. */
    carry(hpaId: number, carriedUntil: number, until: number): void {
      carry.run(carriedUntil, hpaId);
      setCarried.run(until, hpaId);
    },
    /** Drops the oldest minute where every HPA has had its turn since; `settle` carries over one that brought nothing more. */
    trim(settle: (hpaId: number) => void): void {
      const { oldest = null, newest = null } = span.get() ?? {};
      if (oldest === null || newest === null || newest - oldest <= (CARRIED_MINUTES + 1) * MINUTE) return;
      const left = stragglers.all(oldest, MOST_STRAGGLERS);
      for (const hpaId of left) settle(hpaId);
      if (left.length === MOST_STRAGGLERS) return;
      dropRows.run(oldest);
      dropMinute.run(oldest);
      if (oldest === knownMinute) knownMinute = null;
    },
    purge(hpaId: number): void {
      dropHpa.run(hpaId);
    },
  };
}
