import type { Database } from 'better-sqlite3';
import { MINUTE } from '../../core/clock.ts';
import type { CounterChange } from './counts.ts';
import { planSpecChanges } from '../spec-changes.ts';
import type { RevisionStore } from './revision-store.ts';
import type { SpecStore } from './spec-store.ts';
import { THIN_STEP_MS } from '../retention-cutoffs.ts';

export type Retention = ReturnType<typeof retentionStatements>;

/** The rows of one HPA, a chunk at a time. Must run inside a transaction. */
export function retentionStatements(db: Database, specs: SpecStore, revisions: RevisionStore) {
  const nextHpa = db.prepare<[number], { hpaId: number; thinnedUntil: number }>(
    `SELECT hpa_id AS "hpaId", thinned_until AS "thinnedUntil" FROM scan_state WHERE hpa_id > ?
     ORDER BY hpa_id LIMIT 1`,
  );
  const nth = db
    .prepare<[number, number, number, number], number>(
      'SELECT ts FROM sample WHERE hpa_id = ? AND ts >= ? AND ts < ? ORDER BY ts LIMIT 1 OFFSET ?',
    )
    .pluck();
  const thinned = `hpa_id = ? AND ts >= ? AND ts < ? AND ts % ${THIN_STEP_MS} <> 0`;
  const expired = 'hpa_id = ? AND ts >= 0 AND ts < ?';
  const counted = 'SELECT COUNT(*) AS samples, COALESCE(SUM(is_baseline), 0) AS baseline FROM sample WHERE';
  const countThin = db.prepare<[number, number, number], CounterChange>(`${counted} ${thinned}`);
  const deleteThin = db.prepare<[number, number, number]>(`DELETE FROM sample WHERE ${thinned}`);
  const countExpired = db.prepare<[number, number], CounterChange>(`${counted} ${expired}`);
  const deleteExpired = db.prepare<[number, number]>(`DELETE FROM sample WHERE ${expired}`);
  const saveThinned = db.prepare<[number, number]>('UPDATE scan_state SET thinned_until = ? WHERE hpa_id = ?');
  const oldest = db.prepare<[number], number | null>('SELECT MIN(ts) FROM sample WHERE hpa_id = ?').pluck();
  const next = db
    .prepare<[number, number], number | null>('SELECT MIN(ts) FROM sample WHERE hpa_id = ? AND ts >= ?')
    .pluck();
  const times = db
    .prepare<[number, number, number], number>(
      'SELECT ts FROM sample WHERE hpa_id = ? AND ts >= ? AND ts < ? ORDER BY ts',
    )
    .pluck();
  const dropSpecs = db.prepare<[number, number]>('DELETE FROM spec_change WHERE hpa_id = ? AND ts < ?');
  const dropGaps = db.prepare<[number, number]>('DELETE FROM gap WHERE hpa_id = ? AND to_ts < ?');
  const trimGaps = db.prepare<[number, number, number]>('UPDATE gap SET from_ts = ? WHERE hpa_id = ? AND from_ts < ?');

  const none: CounterChange = { samples: 0, baseline: 0 };

  /** Rows are gone from `from` to before `to`: moves the changes among them to the rows that are left. */
  const restateSpecs = (hpaId: number, from: number, to: number) => {
    const changes = specs.changesIn(hpaId, from, to - 1);
    if (changes.every(({ ts }) => ts % THIN_STEP_MS === 0)) return;
    const nextTs = next.get(hpaId, to) ?? null;
    const affected = nextTs === null ? changes : specs.changesIn(hpaId, from, nextTs);
    const stored = times.all(hpaId, from, to);
    const before = specs.specAt(hpaId, from - 1);
    // A change with no row after it goes too: the next row written states its own spec.
    specs.replaceChanges(hpaId, affected, planSpecChanges({ before, changes: affected, given: [], stored, nextTs }));
  };

  return {
    /** Whether `sample` has a row from `ts` on; what waits to be carried over is later still, and of no concern to what is before. */
    reaches: (hpaId: number, ts: number): boolean => (next.get(hpaId, ts) ?? null) !== null,

    nextHpa: (afterHpaId: number) => nextHpa.get(afterHpaId) ?? null,

    /** Deletes the oldest expired rows of an HPA, about `chunk`; `done`: none is left. */
    expire(hpaId: number, before: number, chunk: number): { done: boolean; gone: CounterChange } {
      const bound = nth.get(hpaId, 0, before, chunk) ?? before;
      const gone = countExpired.get(hpaId, bound) ?? none;
      if (gone.samples > 0) deleteExpired.run(hpaId, bound);
      return { done: bound === before, gone };
    },

    /** Thins the next `chunk` rows from `from` on; answers up to where it came. */
    thin(hpaId: number, from: number, before: number, chunk: number): { until: number; gone: CounterChange } {
      const until = nth.get(hpaId, from, before, chunk) ?? before;
      const gone = countThin.get(hpaId, from, until) ?? none;
      if (gone.samples > 0) {
        deleteThin.run(hpaId, from, until);
        restateSpecs(hpaId, from, until);
      }
      saveThinned.run(until, hpaId);
      return { until, gone };
    },

    /** Drops what no remaining row needs: all changes before the one in force at the oldest row, gaps nobody will fill. */
    compact(hpaId: number, expireBefore: number): void {
      const first = oldest.get(hpaId) ?? null;
      const inForce = first === null ? Number.MAX_SAFE_INTEGER : specs.changeAt(hpaId, first)?.ts;
      if (inForce !== undefined) dropSpecs.run(hpaId, inForce);
      revisions.expireRevisions(hpaId, expireBefore);
      const firstKept = Math.ceil(expireBefore / MINUTE) * MINUTE;
      dropGaps.run(hpaId, firstKept);
      trimGaps.run(firstKept, hpaId, firstKept);
    },
  };
}
