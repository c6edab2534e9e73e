import type { Anomaly } from '../../domain/anomaly.ts';
import { ANOMALY_COLUMNS, anomalyValues, SELECT_ANOMALY, toAnomaly, type AnomalyRecord } from '../anomaly-record.ts';
import type { AnomalyCount, AnomalyPatch } from '../anomaly-store.ts';
import { noteChanges, type AnomalyNotes } from './anomaly-changes.ts';
import type { Sql } from './sql.ts';

type ColumnName = (typeof ANOMALY_COLUMNS)[number];

/** What a later write never changes: identity, and what belongs to people. */
const KEPT: readonly ColumnName[] = ['id', 'hpa_id', 'kind', 'acknowledged_at', 'excluded'];
const WHOLE: readonly ColumnName[] = [
  'hpa_id',
  'started_at',
  'fired_at',
  'last_seen_at',
  'ended_at',
  'acknowledged_at',
];
const REAL: readonly ColumnName[] = ['observed', 'band_expected', 'band_lower', 'band_upper', 'score'];

const typeOf = (column: ColumnName): string => {
  if (WHOLE.includes(column)) return 'bigint';
  if (REAL.includes(column)) return 'double precision';
  return column === 'excluded' ? 'smallint' : 'text';
};

const SAVE = `INSERT INTO anomaly (${ANOMALY_COLUMNS.join(', ')})
  SELECT * FROM unnest(${ANOMALY_COLUMNS.map((column, i) => `$${i + 1}::${typeOf(column)}[]`).join(', ')})
  ON CONFLICT (id) DO UPDATE SET
    ${ANOMALY_COLUMNS.filter((column) => !KEPT.includes(column))
      .map((column) => `${column} = EXCLUDED.${column}`)
      .join(', ')}
  WHERE anomaly.state <> 'resolved' OR EXCLUDED.state = 'resolved' OR EXCLUDED.last_seen_at > anomaly.last_seen_at
  RETURNING id`;

/** Within a transaction; what it answers is to be noted at the end of it (`noteChanges`). */
export async function saveAnomalies(sql: Sql, anomalies: readonly Anomaly[]): Promise<AnomalyNotes> {
  const notes: AnomalyNotes = { changed: [], deleted: 0 };
  const enrolled = await lockEnrolled(sql, anomalies);
  const counted = anomalies.filter(({ hpaId }) => enrolled.has(hpaId));
  const isOver = ({ state }: Anomaly) => state === 'resolved';
  const neverFired = (anomaly: Anomaly) => isOver(anomaly) && anomaly.firedAt === null;
  const dropped = counted.filter(neverFired).map(({ id }) => id);
  if (dropped.length > 0) notes.deleted = await sql.run('DELETE FROM anomaly WHERE id = ANY($1::text[])', [dropped]);
  // The ends first: one may end and another of its kind begin in the same batch.
  const ends = counted.filter((anomaly) => isOver(anomaly) && !neverFired(anomaly)).map(withEnd);
  for (const round of [...rounds(ends), ...rounds(counted.filter((anomaly) => !isOver(anomaly)))]) {
    const rows = round.map(anomalyValues);
    const columns = ANOMALY_COLUMNS.map((_, column) => rows.map((row) => row[column] ?? null));
    const saved = await sql.rows<{ id: string }>(SAVE, columns);
    notes.changed.push(...saved.map(({ id }) => id));
  }
  return notes;
}

/** An end without a time could neither be shown nor ever expire. */
const withEnd = (anomaly: Anomaly): Anomaly => ({ ...anomaly, endedAt: anomaly.endedAt ?? anomaly.lastSeenAt });

/** One statement may write a row once: what is said of one anomaly a second time comes in a second round. */
function rounds(anomalies: readonly Anomaly[]): Anomaly[][] {
  const told = new Map<string, number>();
  const all: Anomaly[][] = [];
  for (const anomaly of anomalies) {
    const round = told.get(anomaly.id) ?? 0;
    told.set(anomaly.id, round + 1);
    (all[round] ??= []).push(anomaly);
  }
  return all;
}

/** Whoever stops or removes one of these HPAs waits until the end of the transaction, and ends what it has written. */
async function lockEnrolled(sql: Sql, anomalies: readonly Anomaly[]): Promise<Set<number>> {
  const ids = [...new Set(anomalies.map(({ hpaId }) => hpaId))];
  if (ids.length === 0) return new Set();
  const rows = await sql.rows<{ id: number }>(
    'SELECT id FROM hpa WHERE id = ANY($1::bigint[]) AND enrolled = 1 ORDER BY id FOR SHARE',
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

export async function openAnomalies(sql: Sql, cluster?: string): Promise<Anomaly[]> {
  const open = `${SELECT_ANOMALY} a.state <> 'resolved' AND h.enrolled = 1`;
  const order = 'ORDER BY a.started_at, a.id';
  const records =
    cluster === undefined
      ? await sql.rows<AnomalyRecord>(`${open} ${order}`)
      : await sql.rows<AnomalyRecord>(`${open} AND h.cluster = $1 ${order}`, [cluster]);
  return records.map(toAnomaly);
}

export async function findAnomaly(sql: Sql, id: string): Promise<Anomaly | null> {
  const found = await sql.first<AnomalyRecord>(`${SELECT_ANOMALY} a.id = $1`, [id]);
  return found && toAnomaly(found);
}

export async function patchAnomaly(sql: Sql, id: string, change: AnomalyPatch): Promise<Anomaly | null> {
  const found = await sql.first<AnomalyRecord>(`${SELECT_ANOMALY} a.id = $1 FOR UPDATE OF a`, [id]);
  if (found === null) return null;
  const before = toAnomaly(found);
  const { acknowledgedAt = before.acknowledgedAt, excluded = before.excluded } = change;
  await sql.run('UPDATE anomaly SET acknowledged_at = $1, excluded = $2 WHERE id = $3', [
    acknowledgedAt,
    excluded ? 1 : 0,
    id,
  ]);
  await noteChanges(sql, { changed: [id], deleted: 0 });
  return { ...before, acknowledgedAt, excluded };
}

export const anomalyCounts = (sql: Sql): Promise<AnomalyCount[]> =>
  // `<> 'resolved'` as in the index of open ones.
  sql.rows<AnomalyCount>(
    `SELECT h.cluster AS cluster, a.severity AS severity, COUNT(*) AS count FROM anomaly a JOIN hpa h ON h.id = a.hpa_id
     WHERE a.state <> 'resolved' AND a.state = 'firing' AND h.enrolled = 1
     GROUP BY h.cluster, a.severity ORDER BY h.cluster, a.severity`,
  );

/** Open ones of an HPA that is no longer watched end where they were last seen. */
export async function endAnomalies(sql: Sql, hpaId: number): Promise<void> {
  await lockHpa(sql, hpaId);
  const deleted = await sql.run("DELETE FROM anomaly WHERE hpa_id = $1 AND state = 'pending'", [hpaId]);
  const ended = await sql.rows<{ id: string }>(
    `UPDATE anomaly SET state = 'resolved', ended_at = last_seen_at WHERE hpa_id = $1 AND state = 'firing' RETURNING id`,
    [hpaId],
  );
  await noteChanges(sql, { changed: ended.map(({ id }) => id), deleted });
}

export async function forgetAnomalies(sql: Sql, hpaId: number): Promise<void> {
  await lockHpa(sql, hpaId);
  const deleted = await sql.run('DELETE FROM anomaly WHERE hpa_id = $1', [hpaId]);
  await noteChanges(sql, { changed: [], deleted });
}

const lockHpa = (sql: Sql, hpaId: number): Promise<unknown> =>
  sql.rows('SELECT id FROM hpa WHERE id = $1 FOR UPDATE', [hpaId]);

/** Deletes at most `limit` that ended before; answers how many. */
export async function expireEnded(sql: Sql, before: number, limit: number): Promise<number> {
  const deleted = await sql.run(
    `DELETE FROM anomaly WHERE id IN
       (SELECT id FROM anomaly WHERE state = 'resolved' AND ended_at < $1 ORDER BY ended_at LIMIT $2)`,
    [before, limit],
  );
  await noteChanges(sql, { changed: [], deleted });
  return deleted;
}
