import type { Database } from 'better-sqlite3';
import { AgentError } from '../../core/errors.ts';
import type { DetectorState, DetectorStateUpdate, Exclusion } from '../anomaly-store.ts';
import { addMinutes } from '../minutes.ts';

/** What is known of each HPA for judging it, and what people said about it. What writes must run inside a transaction. */
export function detectorStatements(db: Database) {
  const exists = db.prepare<[number], number>('SELECT 1 FROM hpa WHERE id = ?').pluck();
  const saveState = db.prepare<[number, string, number]>(
    `INSERT INTO detector_state (hpa_id, state, updated_at) VALUES (?, ?, ?)
     ON CONFLICT (hpa_id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at`,
  );
  const saveProfile = db.prepare<[string | null, number]>('UPDATE detector_state SET profile = ? WHERE hpa_id = ?');
  const ofCluster = db.prepare<[string], DetectorState>(
    `SELECT d.hpa_id AS "hpaId", d.state AS state, d.profile AS profile, d.updated_at AS "updatedAt"
     FROM detector_state d JOIN hpa h ON h.id = d.hpa_id WHERE h.cluster = ? AND h.enrolled = 1 ORDER BY d.hpa_id`,
  );
  const added = db.prepare<[number], Exclusion>(
    'SELECT from_ts AS "from", to_ts AS "to" FROM exclusion WHERE hpa_id = ? ORDER BY from_ts',
  );
  const clear = db.prepare<[number]>('DELETE FROM exclusion WHERE hpa_id = ?');
  const insert = db.prepare<[number, number, number]>(
    'INSERT INTO exclusion (hpa_id, from_ts, to_ts) VALUES (?, ?, ?)',
  );
  const ofAnomalies = db.prepare<[number], Exclusion>(
    `SELECT started_at AS "from", COALESCE(ended_at, last_seen_at) AS "to" FROM anomaly
     WHERE hpa_id = ? AND excluded = 1`,
  );
  const accept = db.prepare<[number | null, number]>('UPDATE hpa SET normal_since = ? WHERE id = ? AND enrolled = 1');
  const expire = db.prepare<[number]>('DELETE FROM exclusion WHERE to_ts < ?');

  return {
    saveDetectorState(updates: readonly DetectorStateUpdate[]): void {
      for (const { hpaId, state, profile, updatedAt } of updates) {
        if (exists.get(hpaId) === undefined) continue;
        saveState.run(hpaId, state, updatedAt);
        if (profile !== undefined) saveProfile.run(profile, hpaId);
      }
    },
    detectorStates: (cluster: string): DetectorState[] => ofCluster.all(cluster),
    addExclusion(hpaId: number, from: number, to: number): void {
      if (exists.get(hpaId) === undefined) return;
      const after = addMinutes(added.all(hpaId), { from, to });
      clear.run(hpaId);
      for (const span of after) insert.run(hpaId, span.from, span.to);
    },
    exclusionsOf: (hpaId: number): Exclusion[] => ofAnomalies.all(hpaId).reduce(addMinutes, added.all(hpaId)),
    acceptNewNormal(hpaId: number, since: number | null): void {
      if (accept.run(since, hpaId).changes === 0)
        throw new AgentError('hpa/not-enrolled', `No HPA with id ${hpaId} is enrolled.`, { details: { id: hpaId } });
    },
    expireExclusions(before: number): void {
      expire.run(before);
    },
  };
}
