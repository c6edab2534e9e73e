import { toHpa, type HpaRecord } from '../hpa-record.ts';
import { likePattern } from '../like-pattern.ts';
import { decodeCursor, encodeCursor } from '../list-cursor.ts';
import type { HpaFilter, HpaRow } from '../store.ts';
import { latestOf } from './series.ts';
import { SELECT_HPA } from './select-hpa.ts';
import type { Sql, SqlValue } from './sql.ts';

/** Conditions whose values are numbered as they come. */
function conditions() {
  const values: SqlValue[] = [];
  const parts: string[] = [];
  return {
    values,
    /** `?` stands for each value, in their order. */
    add(text: string, ...given: SqlValue[]): void {
      const pieces = text.split('?');
      parts.push(pieces.reduce((sql, piece, i) => `${sql}$${values.push(given[i - 1] ?? null)}${piece}`));
    },
    text: (): string => parts.join(' AND '),
  };
}

/** Pages by key (cluster, namespace, name), so a page costs the same wherever it stands and no HPA shows twice. */
export async function listHpas(
  sql: Sql,
  filter: HpaFilter,
): Promise<{ items: HpaRow[]; next: string | null; total: number }> {
  const { cluster, namespace, q, state } = filter;
  const after = filter.cursor === undefined ? null : decodeCursor(filter.cursor);
  const where = conditions();
  where.add('h.enrolled = 1');
  if (cluster !== undefined) where.add('h.cluster = ?', cluster);
  if (namespace !== undefined) where.add('h.namespace = ?', namespace);
  if (q !== undefined && q !== '') where.add("LOWER(h.namespace || '/' || h.name) LIKE ? ESCAPE '\\'", likePattern(q));
  if (state === 'paused') where.add('h.active = 0');
  else if (state === 'gone') where.add('h.gone_since IS NOT NULL');
  else if (state !== undefined) where.add('h.baseline_state = ?', state);
  const counted = await sql.first<{ total: number }>(
    `SELECT COUNT(*) AS total FROM hpa h WHERE ${where.text()}`,
    where.values,
  );
  if (after !== null)
    where.add('(h.cluster, h.namespace, h.name) > (?, ?, ?)', after.cluster, after.namespace, after.hpa);
  const limit = Math.max(1, Math.floor(filter.limit));
  const records = await sql.rows<HpaRecord>(
    `${SELECT_HPA} WHERE ${where.text()} ORDER BY h.cluster, h.namespace, h.name LIMIT ${limit + 1}`,
    where.values,
  );
  const page = records.slice(0, limit).map(toHpa);
  const latest = await latestOf(
    sql,
    page.map(({ id }) => id),
  );
  const last = page.at(-1);
  return {
    items: page.map((hpa) => ({ ...hpa, latest: latest.get(hpa.id) ?? null })),
    next: records.length > limit && last ? encodeCursor(last) : null,
    total: counted?.total ?? 0,
  };
}
