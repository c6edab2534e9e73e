import { AgentError } from '../../core/errors.ts';
import type { DetectorState, DetectorStateUpdate, Exclusion } from '../anomaly-store.ts';
import { addMinutes } from '../minutes.ts';
import type { Sql } from './sql.ts';

/** A profile that is not given stays; HPAs that are gone are ignored. */
export async function saveDetectorState(sql: Sql, updates: readonly DetectorStateUpdate[]): Promise<void> {
  const byHpa = new Map<number, DetectorStateUpdate>();
  for (const { profile, ...update } of updates) {
    const given = profile === undefined ? byHpa.get(update.hpaId)?.profile : profile;
    byHpa.set(update.hpaId, given === undefined ? update : { ...update, profile: given });
  }
  // Everybody locks these rows in one order.
  const all = [...byHpa.values()].sort((a, b) => a.hpaId - b.hpaId);
  const some = (hasProfile: boolean) => all.filter(({ profile }) => (profile !== undefined) === hasProfile);
  await save(sql, some(false), 'state = EXCLUDED.state, updated_at = EXCLUDED.updated_at');
  await save(sql, some(true), 'state = EXCLUDED.state, updated_at = EXCLUDED.updated_at, profile = EXCLUDED.profile');
}

async function save(sql: Sql, updates: readonly DetectorStateUpdate[], set: string): Promise<void> {
  if (updates.length === 0) return;
  await sql.run(
    `INSERT INTO detector_state (hpa_id, state, profile, updated_at)
     SELECT w.id, w.state, w.profile, w.updated_at
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) AS w (id, state, profile, updated_at)
     JOIN hpa h ON h.id = w.id ORDER BY w.id
     ON CONFLICT (hpa_id) DO UPDATE SET ${set}`,
    [
      updates.map(({ hpaId }) => hpaId),
      updates.map(({ state }) => state),
      updates.map(({ profile }) => profile ?? null),
      updates.map(({ updatedAt }) => updatedAt),
    ],
  );
}

export const detectorStates = (sql: Sql, cluster: string): Promise<DetectorState[]> =>
  sql.rows<DetectorState>(
    `SELECT d.hpa_id AS "hpaId", d.state AS state, d.profile AS profile, d.updated_at AS "updatedAt"
     FROM detector_state d JOIN hpa h ON h.id = d.hpa_id WHERE h.cluster = $1 AND h.enrolled = 1 ORDER BY d.hpa_id`,
    [cluster],
  );

const added = (sql: Sql, hpaId: number): Promise<Exclusion[]> =>
  sql.rows<Exclusion>('SELECT from_ts AS "from", to_ts AS "to" FROM exclusion WHERE hpa_id = $1 ORDER BY from_ts', [
    hpaId,
  ]);

export async function addExclusion(sql: Sql, hpaId: number, from: number, to: number): Promise<void> {
  // Two people at once: the second one waits, and sees what the first has added.
  if ((await sql.first('SELECT id FROM hpa WHERE id = $1 FOR UPDATE', [hpaId])) === null) return;
  const after = addMinutes(await added(sql, hpaId), { from, to });
  await sql.run('DELETE FROM exclusion WHERE hpa_id = $1', [hpaId]);
  await sql.run(
    'INSERT INTO exclusion (hpa_id, from_ts, to_ts) SELECT $1::bigint, * FROM unnest($2::bigint[], $3::bigint[])',
    [hpaId, after.map((span) => span.from), after.map((span) => span.to)],
  );
}

export async function exclusionsOf(sql: Sql, hpaId: number): Promise<Exclusion[]> {
  const ofAnomalies = await sql.rows<Exclusion>(
    `SELECT started_at AS "from", COALESCE(ended_at, last_seen_at) AS "to" FROM anomaly
     WHERE hpa_id = $1 AND excluded = 1`,
    [hpaId],
  );
  return ofAnomalies.reduce(addMinutes, await added(sql, hpaId));
}

/** @throws AgentError `hpa/not-enrolled` */
export async function acceptNewNormal(sql: Sql, hpaId: number, since: number | null): Promise<void> {
  const rows = await sql.run('UPDATE hpa SET normal_since = $1 WHERE id = $2 AND enrolled = 1', [since, hpaId]);
  if (rows > 0) return;
  throw new AgentError('hpa/not-enrolled', `No HPA with id ${hpaId} is enrolled.`, { details: { id: hpaId } });
}

export const expireExclusions = (sql: Sql, before: number): Promise<number> =>
  sql.run('DELETE FROM exclusion WHERE to_ts < $1', [before]);
