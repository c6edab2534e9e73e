import type { Database } from 'better-sqlite3';
import {
  planRevisionChanges,
  REMEMBERED_REVISIONS,
  revisionsByInstant,
  type RevisionChange,
} from '../revision-changes.ts';
import type { HpaRollout, HpaRevisions } from '../store.ts';

export type RevisionStore = ReturnType<typeof revisionStatements>;

/** Revisions of scale targets. What writes must run inside a transaction. */
export function revisionStatements(db: Database) {
  const before = db.prepare<[number, number, number], RevisionChange>(
    'SELECT ts, revision FROM revision_change WHERE hpa_id = ? AND ts < ? ORDER BY ts DESC, revision DESC LIMIT ?',
  );
  const range = db.prepare<[number, number, number], RevisionChange>(
    'SELECT ts, revision FROM revision_change WHERE hpa_id = ? AND ts >= ? AND ts <= ? ORDER BY ts, revision',
  );
  const nextTs = db
    .prepare<[number, number], number | null>('SELECT MIN(ts) FROM revision_change WHERE hpa_id = ? AND ts > ?')
    .pluck();
  const put = db.prepare<[number, number, string]>(
    'INSERT INTO revision_change (hpa_id, ts, revision) VALUES (?, ?, ?)',
  );
  const drop = db.prepare<[number, number, string]>(
    'DELETE FROM revision_change WHERE hpa_id = ? AND ts = ? AND revision = ?',
  );
  // What an HPA is first seen with is no rollout: something must stand before it.
  const ofCluster = db.prepare<[string, number, number], { hpaId: number; at: number; to: string; isReturn: number }>(
    `SELECT r.hpa_id AS "hpaId", r.ts AS "at", r.revision AS "to",
       EXISTS (SELECT 1 FROM revision_change e WHERE e.hpa_id = r.hpa_id AND e.ts < r.ts AND e.revision = r.revision) AS "isReturn"
     FROM revision_change r JOIN hpa h ON h.id = r.hpa_id
     WHERE h.cluster = ? AND h.enrolled = 1 AND r.ts >= ? AND r.ts <= ?
       AND EXISTS (SELECT 1 FROM revision_change e WHERE e.hpa_id = r.hpa_id AND e.ts < r.ts)
     ORDER BY r.ts, r.hpa_id, r.revision`,
  );
  const inForce = db
    .prepare<[number, number], number | null>('SELECT MAX(ts) FROM revision_change WHERE hpa_id = ? AND ts < ?')
    .pluck();
  const expire = db.prepare<[number, number]>('DELETE FROM revision_change WHERE hpa_id = ? AND ts < ?');

  const store = {
    /** Adds what was seen of one HPA, in whatever order windows come. */
    writeRevisions({ hpaId, seen }: HpaRevisions): void {
      const given = [...seen].sort((a, b) => a.at - b.at);
      const [first, last] = [given[0], given.at(-1)];
      if (first === undefined || last === undefined) return;
      const until = nextTs.get(hpaId, last.at) ?? last.at;
      const stored = range.all(hpaId, first.at, until);
      // Stored first: at the same instant they decide what a change is.
      const points = [...revisionsByInstant(stored), ...given].sort((a, b) => a.at - b.at);
      const known = before.all(hpaId, first.at, REMEMBERED_REVISIONS).reverse();
      const planned = planRevisionChanges(
        known.map(({ revision }) => revision),
        points,
      );
      const isIn = (list: readonly RevisionChange[], { ts, revision }: RevisionChange) =>
        list.some((other) => other.ts === ts && other.revision === revision);
      for (const change of stored) if (!isIn(planned, change)) drop.run(hpaId, change.ts, change.revision);
      for (const change of planned) if (!isIn(stored, change)) put.run(hpaId, change.ts, change.revision);
    },
    /** The latest changes before `ts`, ascending. */
    changesBefore: (hpaId: number, ts: number): RevisionChange[] =>
      before.all(hpaId, ts, REMEMBERED_REVISIONS).reverse(),
    changesIn: (hpaId: number, from: number, to: number): RevisionChange[] => range.all(hpaId, from, to),
    rolloutsOf: (cluster: string, { from, to }: { from: number; to: number }): HpaRollout[] =>
      ofCluster.all(cluster, from, to).map((row) => ({ ...row, isReturn: row.isReturn === 1 })),
    /** Drops all before the one in force at `before`. */
    expireRevisions(hpaId: number, expireBefore: number): void {
      const kept = inForce.get(hpaId, expireBefore);
      if (kept != null) expire.run(hpaId, kept);
    },
  };
  return store;
}
