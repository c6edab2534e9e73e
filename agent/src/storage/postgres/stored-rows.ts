import type { HpaRows } from './hpa-rows.ts';
import { storedValues, VALUE_NAMES } from './sample-rows.ts';
import type { Sql } from './sql.ts';
import type { StoredRow, Tail } from './tails.ts';

export type StoredRows = Map<number, ReadonlyMap<number, StoredRow>>;
type Asked = HpaRows & { newestTs: number };

/**
 * What is stored already among the times to be written. Nobody needs to look where all are newer than anything stored, or where all are among
 * those that are known.
 */
export async function storedRows(
  sql: Sql,
  rows: readonly Asked[],
  states: ReadonlyMap<number, { tail: Tail | null }>,
): Promise<StoredRows> {
  const stored: StoredRows = new Map();
  const asked: Asked[] = [];
  for (const row of rows) {
    if (row.first > row.newestTs) continue;
    const tail = states.get(row.hpaId)?.tail;
    if (tail && tail.from <= row.first) stored.set(row.hpaId, tail.rows);
    else asked.push(row);
  }
  if (asked.length === 0) return stored;
  const found = await sql.arrays<[hpaId: number, ts: number, isBaseline: number, ...values: (number | null)[]]>(
    `SELECT s.hpa_id, s.ts, s.is_baseline, ${VALUE_NAMES} FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS w (id, first, last)
     JOIN sample s ON s.hpa_id = w.id AND s.ts >= w.first AND s.ts <= w.last
     WHERE s.ts >= $4 AND s.ts <= $5`,
    [
      asked.map(({ hpaId }) => hpaId),
      asked.map(({ first }) => first),
      asked.map(({ last, newestTs }) => Math.min(last, newestTs)),
      Math.min(...asked.map(({ first }) => first)),
      Math.max(...asked.map(({ last }) => last)),
    ],
  );
  const byHpa = new Map<number, Map<number, StoredRow>>();
  for (const [hpaId, ts, isBaseline, ...values] of found) {
    const list = byHpa.get(hpaId) ?? new Map<number, StoredRow>();
    list.set(ts, { isBaseline: isBaseline === 1, values: storedValues(values) });
    byHpa.set(hpaId, list);
  }
  for (const [hpaId, list] of byHpa) stored.set(hpaId, list);
  return stored;
}
