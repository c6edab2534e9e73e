import type { Database } from 'better-sqlite3';
import type { Anomaly } from '../../domain/anomaly.ts';
import { ANOMALY_COLUMNS, anomalyValues, SELECT_ANOMALY, toAnomaly, type AnomalyRecord } from '../anomaly-record.ts';
import { anomalyChangeStatements } from './anomaly-changes.ts';
import type { AnomalyCount, AnomalyPatch } from '../anomaly-store.ts';

/** What a later write never changes: identity, and what belongs to people. */
const KEPT: readonly string[] = ['id', 'hpa_id', 'kind', 'acknowledged_at', 'excluded'];

/** Anomalies. What writes must run inside a transaction. */
export function anomalyStatements(db: Database) {
  const enrolled = db.prepare<[number], number>('SELECT enrolled FROM hpa WHERE id = ?').pluck();
  const save = db.prepare<unknown[]>(
    `INSERT INTO anomaly (${ANOMALY_COLUMNS.join(', ')}) VALUES (${ANOMALY_COLUMNS.map(() => '?').join(', ')})
     ON CONFLICT (id) DO UPDATE SET
       ${ANOMALY_COLUMNS.filter((column) => !KEPT.includes(column))
         .map((column) => `${column} = excluded.${column}`)
         .join(', ')}
     WHERE anomaly.state <> 'resolved' OR excluded.state = 'resolved' OR excluded.last_seen_at > anomaly.last_seen_at`,
  );
  const changes = anomalyChangeStatements(db);
  const remove = db.prepare<[string]>('DELETE FROM anomaly WHERE id = ?');
  const byId = db.prepare<[string], AnomalyRecord>(`${SELECT_ANOMALY} a.id = ?`);
  const open = db.prepare<[], AnomalyRecord>(
    `${SELECT_ANOMALY} a.state <> 'resolved' AND h.enrolled = 1 ORDER BY a.started_at, a.id`,
  );
  const patch = db.prepare<[number | null, number, string]>(
    'UPDATE anomaly SET acknowledged_at = ?, excluded = ? WHERE id = ?',
  );
  // `<> 'resolved'` as in the index of open ones: without it the whole past would be read.
  const counts = db.prepare<[], AnomalyCount>(
    `SELECT h.cluster AS cluster, a.severity AS severity, COUNT(*) AS count FROM anomaly a JOIN hpa h ON h.id = a.hpa_id
     WHERE a.state <> 'resolved' AND a.state = 'firing' AND h.enrolled = 1 GROUP BY h.cluster, a.severity ORDER BY h.cluster, a.severity`,
  );
  const dropPending = db.prepare<[number]>("DELETE FROM anomaly WHERE hpa_id = ? AND state = 'pending'");
  const end = db.prepare<[number]>(
    "UPDATE anomaly SET state = 'resolved', ended_at = last_seen_at WHERE hpa_id = ? AND state = 'firing'",
  );
  const firing = db.prepare<[number], { id: string }>("SELECT id FROM anomaly WHERE hpa_id = ? AND state = 'firing'");
  const countOf = db.prepare<[number], number>('SELECT COUNT(*) FROM anomaly WHERE hpa_id = ?').pluck();
  const expire = db.prepare<[number, number]>(
    `DELETE FROM anomaly WHERE id IN
       (SELECT id FROM anomaly WHERE state = 'resolved' AND ended_at < ? ORDER BY ended_at LIMIT ?)`,
  );

  const saveOne = (anomaly: Anomaly) => {
    if (enrolled.get(anomaly.hpaId) !== 1) return;
    if (anomaly.state === 'resolved' && anomaly.firedAt === null) {
      changes.noteDeleted(remove.run(anomaly.id).changes);
      return;
    }
    // An end without a time could neither be shown nor ever expire.
    const endedAt = anomaly.state === 'resolved' ? (anomaly.endedAt ?? anomaly.lastSeenAt) : anomaly.endedAt;
    if (save.run(...anomalyValues({ ...anomaly, endedAt })).changes > 0) changes.noteChanged(anomaly.id);
  };

  return {
    saveAnomalies(anomalies: readonly Anomaly[]): void {
      // The ends first: one may end and another of its kind begin in the same batch.
      for (const anomaly of anomalies) if (anomaly.state === 'resolved') saveOne(anomaly);
      for (const anomaly of anomalies) if (anomaly.state !== 'resolved') saveOne(anomaly);
    },
    // Few are open at a time; by cluster SQLite would read the past of every HPA.
    openAnomalies: (cluster?: string): Anomaly[] =>
      open
        .all()
        .filter((record) => cluster === undefined || record.cluster === cluster)
        .map(toAnomaly),
    findAnomaly(id: string): Anomaly | null {
      const found = byId.get(id);
      return found ? toAnomaly(found) : null;
    },
    patchAnomaly(id: string, change: AnomalyPatch): Anomaly | null {
      const found = byId.get(id);
      if (!found) return null;
      const before = toAnomaly(found);
      const { acknowledgedAt = before.acknowledgedAt, excluded = before.excluded } = change;
      patch.run(acknowledgedAt, excluded ? 1 : 0, id);
      changes.noteChanged(id);
      return { ...before, acknowledgedAt, excluded };
    },
    anomalyCounts: (): AnomalyCount[] => counts.all(),
    /** Of an HPA that is no longer watched. */
    endAnomalies(hpaId: number): void {
      changes.noteDeleted(dropPending.run(hpaId).changes);
      for (const { id } of firing.all(hpaId)) changes.noteChanged(id);
      end.run(hpaId);
    },
    /** All of an HPA are about to be deleted with it. */
    forgetAnomalies(hpaId: number): void {
      changes.noteDeleted(countOf.get(hpaId) ?? 0);
    },
    /** Deletes at most `limit` that ended before; answers how many. */
    expireAnomalies(before: number, limit: number): number {
      const gone = expire.run(before, limit).changes;
      changes.noteDeleted(gone);
      return gone;
    },
  };
}
