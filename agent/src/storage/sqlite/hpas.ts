import type { Database } from 'better-sqlite3';
import { AgentError } from '../../core/errors.ts';
import { QUEUED_BASELINE } from '../../domain/baseline.ts';
import type { HpaKey } from '../../domain/hpa.ts';
import type { CounterChange } from './counts.ts';
import { SELECT_HPA, toHpa, type HpaRecord } from '../hpa-record.ts';
import type { DiscoveredFact, HpaPatch, StoredHpa } from '../store.ts';

/** Enrolled HPAs. What writes must run inside a transaction. */
export function hpaStatements(db: Database) {
  const byKey = db.prepare<[string, string, string], HpaRecord & { enrolled: number }>(
    `${SELECT_HPA} WHERE h.cluster = ? AND h.namespace = ? AND h.name = ?`,
  );
  const byId = db.prepare<[number], HpaRecord>(`${SELECT_HPA} WHERE h.id = ? AND h.enrolled = 1`);
  const ofCluster = db.prepare<[string], HpaRecord>(
    `${SELECT_HPA} WHERE h.cluster = ? AND h.enrolled = 1 ORDER BY h.namespace, h.name`,
  );
  const insert = db.prepare<[string, string, string, number, string, string]>(
    `INSERT INTO hpa (cluster, namespace, name, enrolled, active, enrolled_at, metrics,
       baseline_state, baseline_progress, baseline_columns, baseline_attempts)
     VALUES (?, ?, ?, 1, 1, ?, '[]', ?, 0, ?, 0)`,
  );
  const insertState = db.prepare<[number | bigint]>('INSERT INTO scan_state (hpa_id, thinned_until) VALUES (?, 0)');
  const enrolAgain = db.prepare<[number, number]>(
    'UPDATE hpa SET enrolled = 1, active = 1, enrolled_at = ?, gone_since = NULL WHERE id = ?',
  );
  const patch = db.prepare<[number, string | null, number | null, number]>(
    'UPDATE hpa SET active = ?, timezone = ?, muted_until = ? WHERE id = ?',
  );
  const stop = db.prepare<[number]>('UPDATE hpa SET enrolled = 0 WHERE id = ?');
  const rows = db.prepare<[number], CounterChange>(
    'SELECT COUNT(*) AS samples, COALESCE(SUM(is_baseline), 0) AS baseline FROM stored_sample WHERE hpa_id = ?',
  );
  const purge = db.prepare<[number]>('DELETE FROM hpa WHERE id = ?');
  const saveFact = db.prepare(
    `UPDATE hpa SET target_kind = ?, target_name = ?, metrics = ?, seen_at = ?, gone_since = ? WHERE id = ?`,
  );
  const clusters = db.prepare<[], { cluster: string; hpas: number; ready: number }>(
    `SELECT cluster, COUNT(*) AS hpas, SUM(CASE WHEN baseline_state = 'ready' THEN 1 ELSE 0 END) AS ready
     FROM hpa WHERE enrolled = 1 GROUP BY cluster ORDER BY cluster`,
  );

  const find = ({ cluster, namespace, hpa }: HpaKey) => byKey.get(cluster, namespace, hpa);
  const known = (id: number): StoredHpa => {
    const found = byId.get(id);
    if (!found) throw new AgentError('hpa/not-enrolled', `No HPA with id ${id} is enrolled.`, { details: { id } });
    return toHpa(found);
  };

  const enrolOne = (key: HpaKey, now: number): { hpa: StoredHpa; created: boolean } => {
    const found = find(key);
    if (found?.enrolled === 1) return { hpa: toHpa(found), created: false };
    if (found) {
      enrolAgain.run(now, found.id);
      return { hpa: known(found.id), created: true };
    }
    const { cluster, namespace, hpa } = key;
    const columns = JSON.stringify(QUEUED_BASELINE.columns);
    const { lastInsertRowid } = insert.run(cluster, namespace, hpa, now, QUEUED_BASELINE.state, columns);
    insertState.run(lastInsertRowid);
    return { hpa: known(Number(lastInsertRowid)), created: true };
  };

  const saveOne = (cluster: string, fact: DiscoveredFact) => {
    const found = find({ cluster, namespace: fact.namespace, hpa: fact.hpa });
    if (found?.enrolled !== 1) return;
    const hpa = toHpa(found);
    const { target = hpa.target, metrics = hpa.metrics, seenAt = hpa.seenAt, goneSince = hpa.goneSince } = fact;
    saveFact.run(target?.kind ?? null, target?.name ?? null, JSON.stringify(metrics), seenAt, goneSince, hpa.id);
  };

  return {
    enrol: (keys: HpaKey[], now: number) => keys.map((key) => enrolOne(key, now)),
    findHpa(key: HpaKey): StoredHpa | null {
      const found = find(key);
      return found?.enrolled === 1 ? toHpa(found) : null;
    },
    hpasOfCluster: (cluster: string): StoredHpa[] => ofCluster.all(cluster).map(toHpa),
    /** @throws AgentError `hpa/not-enrolled` */
    patchHpa(id: number, change: HpaPatch): StoredHpa {
      const before = known(id);
      const { active = before.active, timezone = before.timezone, mutedUntil = before.mutedUntil } = change;
      patch.run(active ? 1 : 0, timezone, mutedUntil, id);
      return known(id);
    },
    stopHpa(id: number): void {
      stop.run(id);
    },
    /** Removes an HPA with everything of it; answers how many samples went. */
    purgeHpa(id: number): CounterChange {
      const { samples, baseline } = rows.get(id) ?? { samples: 0, baseline: 0 };
      purge.run(id);
      return { samples: -samples, baseline: -baseline };
    },
    saveDiscovered: (cluster: string, seen: DiscoveredFact[]): void => seen.forEach((fact) => saveOne(cluster, fact)),
    countByCluster: () => clusters.all(),
  };
}
