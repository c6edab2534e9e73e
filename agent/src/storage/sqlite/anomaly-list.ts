import type { Database } from 'better-sqlite3';
import type { Anomaly } from '../../domain/anomaly.ts';
import { decodePlace, encodePlace } from '../anomaly-place.ts';
import { SELECT_ANOMALY, toAnomaly, type AnomalyRecord } from '../anomaly-record.ts';
import { anomalyChangeStatements } from './anomaly-changes.ts';
import type { AnomalyChanges, AnomalyFilter } from '../anomaly-store.ts';

type Condition = { sql: string; values: (string | number)[] };
/** More changes than this are told as the list itself. */
const MOST_CHANGES = 500;

const oneOf = (column: string, wanted: string | readonly string[] | undefined): Condition[] => {
  if (wanted === undefined) return [];
  const values = typeof wanted === 'string' ? [wanted] : [...wanted];
  return [{ sql: `${column} IN (${values.map(() => '?').join(', ')})`, values }];
};

function conditionsOf({ state, severity, kind, cluster, namespace, hpa, from, to }: AnomalyFilter): Condition[] {
  return [
    { sql: '1 = 1', values: [] },
    ...oneOf('a.state', state),
    ...oneOf('a.severity', severity),
    ...oneOf('a.kind', kind),
    ...oneOf('h.cluster', cluster),
    ...oneOf('h.namespace', namespace),
    ...oneOf('h.name', hpa),
    ...(to === undefined ? [] : [{ sql: 'a.started_at <= ?', values: [to] }]),
    ...(from === undefined ? [] : [{ sql: '(a.ended_at IS NULL OR a.ended_at >= ?)', values: [from] }]),
  ];
}

const where = (conditions: readonly Condition[]): string => conditions.map(({ sql }) => sql).join(' AND ');
const valuesOf = (conditions: readonly Condition[]) => conditions.flatMap(({ values }) => values);

/** Pages by (start, id), newest first, so that a page costs the same wherever it stands and none shows twice. */
export function anomalyListStatements(db: Database) {
  const changes = anomalyChangeStatements(db);
  const countOf = (conditions: readonly Condition[]): number =>
    db
      .prepare<unknown[], number>(
        `SELECT COUNT(*) FROM anomaly a JOIN hpa h ON h.id = a.hpa_id WHERE ${where(conditions)}`,
      )
      .pluck()
      .get(...valuesOf(conditions)) ?? 0;

  return {
    anomalyChanges(filter: AnomalyFilter, since: string | null): AnomalyChanges {
      const revision = changes.revision();
      const seq = since === null ? null : changes.numberOf(since);
      if (seq === null) return { revision, changed: null };
      const matching = conditionsOf(filter);
      const later: Condition = { sql: 'a.change_seq > ?', values: [seq] };
      const records = db
        .prepare<unknown[], AnomalyRecord>(
          `${SELECT_ANOMALY} ${where([later, ...matching])} ORDER BY a.started_at DESC, a.id DESC LIMIT ?`,
        )
        .all(...valuesOf([later, ...matching]), MOST_CHANGES + 1);
      const removed = db
        .prepare<unknown[], string>(
          `SELECT a.id FROM anomaly a JOIN hpa h ON h.id = a.hpa_id
           WHERE ${later.sql} AND NOT (${where(matching)}) LIMIT ?`,
        )
        .pluck()
        .all(...valuesOf([later, ...matching]), MOST_CHANGES + 1);
      // So much that the list itself is the shorter answer.
      if (Math.max(records.length, removed.length) > MOST_CHANGES) return { revision, changed: null };
      return { revision, changed: { items: records.map(toAnomaly), removed, total: countOf(matching) } };
    },
    listAnomalies(filter: AnomalyFilter): { items: Anomaly[]; next: string | null; total: number } {
      const matching = conditionsOf(filter);
      const after = filter.cursor === undefined ? null : decodePlace(filter.cursor);
      const onward = after && { sql: '(a.started_at, a.id) < (?, ?)', values: [after.startedAt, after.id] };
      const conditions = onward ? [...matching, onward] : matching;
      const limit = Math.max(1, Math.floor(filter.limit));
      const records = db
        .prepare<unknown[], AnomalyRecord>(
          `${SELECT_ANOMALY} ${where(conditions)} ORDER BY a.started_at DESC, a.id DESC LIMIT ?`,
        )
        .all(...valuesOf(conditions), limit + 1);
      const items = records.slice(0, limit).map(toAnomaly);
      const last = items.at(-1);
      return { items, next: records.length > limit && last ? encodePlace(last) : null, total: countOf(matching) };
    },
  };
}
