import type { Database } from 'better-sqlite3';
import { SELECT_HPA, toHpa, type HpaRecord } from '../hpa-record.ts';
import { likePattern } from '../like-pattern.ts';
import { decodeCursor, encodeCursor } from '../list-cursor.ts';
import type { HpaFilter, StoredHpa } from '../store.ts';

type Condition = { sql: string; values: (string | number)[] };
export type HpaPage = { items: StoredHpa[]; next: string | null; total: number };

function conditionsOf({ cluster, namespace, q, state }: HpaFilter): Condition[] {
  const conditions: Condition[] = [{ sql: 'h.enrolled = 1', values: [] }];
  if (cluster !== undefined) conditions.push({ sql: 'h.cluster = ?', values: [cluster] });
  if (namespace !== undefined) conditions.push({ sql: 'h.namespace = ?', values: [namespace] });
  if (q !== undefined && q !== '')
    conditions.push({ sql: "LOWER(h.namespace || '/' || h.name) LIKE ? ESCAPE '\\'", values: [likePattern(q)] });
  if (state === 'paused') conditions.push({ sql: 'h.active = 0', values: [] });
  else if (state === 'gone') conditions.push({ sql: 'h.gone_since IS NOT NULL', values: [] });
  else if (state !== undefined) conditions.push({ sql: 'h.baseline_state = ?', values: [state] });
  return conditions;
}

const where = (conditions: readonly Condition[]): string => conditions.map(({ sql }) => sql).join(' AND ');
const valuesOf = (conditions: readonly Condition[]) => conditions.flatMap(({ values }) => values);

/** Pages by key (cluster, namespace, name), so a page costs the same wherever it stands and no HPA shows twice. */
export function hpaListStatements(db: Database) {
  return {
    listPage(filter: HpaFilter): HpaPage {
      const matching = conditionsOf(filter);
      const after = filter.cursor === undefined ? null : decodeCursor(filter.cursor);
      const onward: Condition[] =
        after === null
          ? []
          : [
              {
                sql: '(h.cluster, h.namespace, h.name) > (?, ?, ?)',
                values: [after.cluster, after.namespace, after.hpa],
              },
            ];
      const limit = Math.max(1, Math.floor(filter.limit));
      const conditions = [...matching, ...onward];
      const records = db
        .prepare<unknown[], HpaRecord>(
          `${SELECT_HPA} WHERE ${where(conditions)} ORDER BY h.cluster, h.namespace, h.name LIMIT ?`,
        )
        .all(...valuesOf(conditions), limit + 1);
      const total = db
        .prepare<unknown[], number>(`SELECT COUNT(*) FROM hpa h WHERE ${where(matching)}`)
        .pluck()
        .get(...valuesOf(matching));
      const items = records.slice(0, limit).map(toHpa);
      const last = items.at(-1);
      return { items, next: records.length > limit && last ? encodeCursor(last) : null, total: total ?? 0 };
    },
  };
}
