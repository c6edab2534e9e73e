import type { Anomaly } from '../../domain/anomaly.ts';
import { decodePlace, encodePlace } from '../anomaly-place.ts';
import { SELECT_ANOMALY, toAnomaly, type AnomalyRecord } from '../anomaly-record.ts';
import type { AnomalyChanges, AnomalyFilter } from '../anomaly-store.ts';
import { readRevision } from './anomaly-changes.ts';
import type { Sql, SqlValue } from './sql.ts';

/** More changes than this are told as the list itself. */
const MOST_CHANGES = 500;
const FROM = 'FROM anomaly a JOIN hpa h ON h.id = a.hpa_id';

/** Conditions and their values; the values of one statement are numbered through. */
function conditionsOf(filter: AnomalyFilter) {
  const values: SqlValue[] = [];
  const bind = (value: SqlValue): string => `$${values.push(value)}`;
  const oneOf = (column: string, wanted: string | readonly string[] | undefined): string[] =>
    wanted === undefined
      ? []
      : [`${column} = ANY(${bind(typeof wanted === 'string' ? [wanted] : [...wanted])}::text[])`];
  const { state, severity, kind, cluster, namespace, hpa, from, to } = filter;
  const matching = [
    ...oneOf('a.state', state),
    ...oneOf('a.severity', severity),
    ...oneOf('a.kind', kind),
    ...oneOf('h.cluster', cluster),
    ...oneOf('h.namespace', namespace),
    ...oneOf('h.name', hpa),
    ...(to === undefined ? [] : [`a.started_at <= ${bind(to)}`]),
    ...(from === undefined ? [] : [`(a.ended_at IS NULL OR a.ended_at >= ${bind(from)})`]),
  ];
  return { matching: matching.length === 0 ? 'TRUE' : matching.join(' AND '), values, bind };
}

async function countOf(sql: Sql, filter: AnomalyFilter): Promise<number> {
  const { matching, values } = conditionsOf(filter);
  return (await sql.first<{ total: number }>(`SELECT COUNT(*) AS total ${FROM} WHERE ${matching}`, values))?.total ?? 0;
}

/** Pages by (start, id), newest first, so that a page costs the same wherever it stands and none shows twice. */
export async function listAnomalies(
  sql: Sql,
  filter: AnomalyFilter,
): Promise<{ items: Anomaly[]; next: string | null; total: number }> {
  const after = filter.cursor === undefined ? null : decodePlace(filter.cursor);
  const limit = Math.max(1, Math.floor(filter.limit));
  const { matching, values, bind } = conditionsOf(filter);
  const onward = after ? `AND (a.started_at, a.id) < (${bind(after.startedAt)}, ${bind(after.id)})` : '';
  const records = await sql.rows<AnomalyRecord>(
    `${SELECT_ANOMALY} ${matching} ${onward} ORDER BY a.started_at DESC, a.id DESC LIMIT ${bind(limit + 1)}`,
    values,
  );
  const items = records.slice(0, limit).map(toAnomaly);
  const last = items.at(-1);
  return { items, next: records.length > limit && last ? encodePlace(last) : null, total: await countOf(sql, filter) };
}

export async function anomalyChanges(sql: Sql, filter: AnomalyFilter, since: string | null): Promise<AnomalyChanges> {
  const current = await readRevision(sql);
  const { revision } = current;
  const seq = since === null ? null : current.numberOf(since);
  if (seq === null) return { revision, changed: null };
  const { matching, values, bind } = conditionsOf(filter);
  const later = `a.change_seq > ${bind(seq)}`;
  const limit = `LIMIT ${bind(MOST_CHANGES + 1)}`;
  const records = await sql.rows<AnomalyRecord>(
    `${SELECT_ANOMALY} ${later} AND ${matching} ORDER BY a.started_at DESC, a.id DESC ${limit}`,
    values,
  );
  const removed = await sql.rows<{ id: string }>(
    `SELECT a.id AS id ${FROM} WHERE ${later} AND NOT (${matching}) ${limit}`,
    values,
  );
  // So much that the list itself is the shorter answer.
  if (Math.max(records.length, removed.length) > MOST_CHANGES) return { revision, changed: null };
  const total = await countOf(sql, filter);
  return { revision, changed: { items: records.map(toAnomaly), removed: removed.map(({ id }) => id), total } };
}
