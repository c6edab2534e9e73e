import { AgentError } from '../../core/errors.ts';
import { QUEUED_BASELINE } from '../../domain/baseline.ts';
import { hpaId as keyText, type HpaKey } from '../../domain/hpa.ts';
import { toHpa, type HpaRecord } from '../hpa-record.ts';
import type { DiscoveredFact, HpaPatch, StoredHpa } from '../store.ts';
import { restamp } from './scan-states.ts';
import { SELECT_HPA } from './select-hpa.ts';
import type { Sql } from './sql.ts';

const BY_KEY = `JOIN unnest($1::text[], $2::text[], $3::text[]) AS w (cluster, namespace, name)
  ON h.cluster = w.cluster AND h.namespace = w.namespace AND h.name = w.name`;

/** Adds what is not enrolled yet. Answers in the order asked; of a key that is asked for twice only the first is created. */
export async function enrol(
  sql: Sql,
  keys: readonly HpaKey[],
  now: number,
): Promise<{ hpa: StoredHpa; created: boolean }[]> {
  const wanted = [...new Map(keys.map((key) => [keyText(key), key])).values()];
  const columns = [wanted.map((key) => key.cluster), wanted.map((key) => key.namespace), wanted.map((key) => key.hpa)];
  const made = await sql.rows<{ id: number; cluster: string }>(
    `INSERT INTO hpa (cluster, namespace, name, enrolled, active, enrolled_at, metrics,
       baseline_state, baseline_progress, baseline_columns, baseline_attempts)
     SELECT w.cluster, w.namespace, w.name, 1, 1, $4::bigint, '[]', $5, 0, $6, 0
     FROM unnest($1::text[], $2::text[], $3::text[]) AS w (cluster, namespace, name)
     ON CONFLICT (cluster, namespace, name) DO NOTHING RETURNING id, cluster`,
    [...columns, now, QUEUED_BASELINE.state, JSON.stringify(QUEUED_BASELINE.columns)],
  );
  await sql.run('INSERT INTO scan_state (hpa_id) SELECT * FROM unnest($1::bigint[])', [made.map(({ id }) => id)]);
  // Whoever writes for these clusters is to know of them.
  await restamp(
    sql,
    made.map(({ cluster }) => cluster),
  );
  const again = await sql.rows<{ id: number }>(
    `UPDATE hpa SET enrolled = 1, active = 1, enrolled_at = $4, gone_since = NULL
     FROM unnest($1::text[], $2::text[], $3::text[]) AS w (cluster, namespace, name)
     WHERE hpa.cluster = w.cluster AND hpa.namespace = w.namespace AND hpa.name = w.name AND hpa.enrolled = 0
     RETURNING hpa.id`,
    [...columns, now],
  );
  const created = new Set([...made, ...again].map(({ id }) => id));
  const hpas = (await sql.rows<HpaRecord>(`${SELECT_HPA} ${BY_KEY}`, columns)).map(toHpa);
  const byKey = new Map(hpas.map((hpa) => [keyText(hpa), hpa]));
  return keys.flatMap((key) => {
    const hpa = byKey.get(keyText(key));
    return hpa === undefined ? [] : [{ hpa, created: created.delete(hpa.id) }];
  });
}

export async function findHpa(sql: Sql, { cluster, namespace, hpa }: HpaKey): Promise<StoredHpa | null> {
  const found = await sql.first<HpaRecord>(
    `${SELECT_HPA} WHERE h.cluster = $1 AND h.namespace = $2 AND h.name = $3 AND h.enrolled = 1`,
    [cluster, namespace, hpa],
  );
  return found && toHpa(found);
}

export const hpasOfCluster = async (sql: Sql, cluster: string): Promise<StoredHpa[]> =>
  (
    await sql.rows<HpaRecord>(`${SELECT_HPA} WHERE h.cluster = $1 AND h.enrolled = 1 ORDER BY h.namespace, h.name`, [
      cluster,
    ])
  ).map(toHpa);

/** @throws AgentError `hpa/not-enrolled` */
export async function patchHpa(sql: Sql, id: number, patch: HpaPatch): Promise<StoredHpa> {
  // Locked: two patches at once must each change what they name and nothing else.
  const record = await sql.first<HpaRecord>(`${SELECT_HPA} WHERE h.id = $1 AND h.enrolled = 1 FOR UPDATE OF h`, [id]);
  if (record === null)
    throw new AgentError('hpa/not-enrolled', `No HPA with id ${id} is enrolled.`, { details: { id } });
  const before = toHpa(record);
  const { active = before.active, timezone = before.timezone, mutedUntil = before.mutedUntil } = patch;
  await sql.run('UPDATE hpa SET active = $1, timezone = $2, muted_until = $3 WHERE id = $4', [
    active ? 1 : 0,
    timezone,
    mutedUntil,
    id,
  ]);
  return { ...before, active, timezone, mutedUntil };
}

export async function stopHpa(sql: Sql, id: number): Promise<void> {
  await sql.run('UPDATE hpa SET enrolled = 0 WHERE id = $1', [id]);
}

/** Removes an HPA with everything of it. */
export async function purgeHpa(sql: Sql, id: number, dayMs: number): Promise<void> {
  // Whoever writes its samples waits, and then finds it gone.
  const found = await sql.first<{ cluster: string }>('SELECT cluster FROM hpa WHERE id = $1', [id]);
  if (found) await restamp(sql, [found.cluster]);
  await sql.run(
    `UPDATE sample_day SET samples = sample_day.samples - g.samples, baseline_samples = sample_day.baseline_samples - g.baseline
     FROM (SELECT ts - ts % $2 AS day, COUNT(*) AS samples, SUM(is_baseline) AS baseline
           FROM sample WHERE hpa_id = $1 GROUP BY 1) g
     WHERE sample_day.day = g.day AND sample_day.cluster = (SELECT cluster FROM hpa WHERE id = $1)`,
    [id, dayMs],
  );
  await sql.run('DELETE FROM sample WHERE hpa_id = $1', [id]);
  await sql.run('DELETE FROM hpa WHERE id = $1', [id]);
}

/** What a fact does not mention stays; HPAs that are not enrolled are left out. */
export async function saveDiscovered(sql: Sql, cluster: string, seen: readonly DiscoveredFact[]): Promise<void> {
  const merged = new Map<string, DiscoveredFact>();
  for (const fact of seen) {
    const key = `${fact.namespace}/${fact.hpa}`;
    merged.set(key, { ...merged.get(key), ...given(fact) });
  }
  const facts = [...merged.values()];
  if (facts.length === 0) return;
  await sql.run(
    `UPDATE hpa h SET
       target_kind = CASE WHEN w.has_target THEN w.target_kind ELSE h.target_kind END,
       target_name = CASE WHEN w.has_target THEN w.target_name ELSE h.target_name END,
       metrics = COALESCE(w.metrics, h.metrics),
       seen_at = CASE WHEN w.has_seen THEN w.seen_at ELSE h.seen_at END,
       gone_since = CASE WHEN w.has_gone THEN w.gone_since ELSE h.gone_since END
     FROM unnest($2::text[], $3::text[], $4::boolean[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::bigint[],
       $10::boolean[], $11::bigint[])
       AS w (namespace, name, has_target, target_kind, target_name, metrics, has_seen, seen_at, has_gone, gone_since)
     WHERE h.cluster = $1 AND h.namespace = w.namespace AND h.name = w.name AND h.enrolled = 1`,
    [
      cluster,
      facts.map((fact) => fact.namespace),
      facts.map((fact) => fact.hpa),
      facts.map((fact) => fact.target !== undefined),
      facts.map((fact) => fact.target?.kind ?? null),
      facts.map((fact) => fact.target?.name ?? null),
      facts.map((fact) => (fact.metrics === undefined ? null : JSON.stringify(fact.metrics))),
      facts.map((fact) => fact.seenAt !== undefined),
      facts.map((fact) => fact.seenAt ?? null),
      facts.map((fact) => fact.goneSince !== undefined),
      facts.map((fact) => fact.goneSince ?? null),
    ],
  );
}

/** Without the fields that are there but undefined: they would hide what an earlier fact of the same HPA has told. */
const given = (fact: DiscoveredFact): DiscoveredFact =>
  Object.fromEntries(Object.entries(fact).filter(([, value]) => value !== undefined)) as DiscoveredFact;

export const countByCluster = (sql: Sql): Promise<{ cluster: string; hpas: number; ready: number }[]> =>
  sql.rows(
    `SELECT cluster, COUNT(*) AS hpas, SUM(CASE WHEN baseline_state = 'ready' THEN 1 ELSE 0 END) AS ready
     FROM hpa WHERE enrolled = 1 GROUP BY cluster ORDER BY cluster`,
  );
