import { DAY } from '../../core/clock.ts';
import type { DatabaseCounts } from '../store.ts';
import type { Sql } from './sql.ts';

/** Totals, kept exact in the transactions that write or delete samples. */
export async function counts(sql: Sql): Promise<DatabaseCounts> {
  const totals = await sql.first<{ total: number; baseline: number; first: number | null }>(
    `SELECT COALESCE(SUM(samples), 0) AS total, COALESCE(SUM(baseline_samples), 0) AS baseline,
       MIN(CASE WHEN samples > 0 THEN day END) AS first FROM sample_day`,
  );
  const { total = 0, baseline = 0, first = null } = totals ?? {};
  return {
    total,
    baseline,
    monitoring: total - baseline,
    bytes: await bytes(sql),
    oldest: first === null ? null : await oldestOf(sql, first),
    exact: true,
  };
}

/** By the key of each HPA, since there is no index by time alone. */
const oldestOf = async (sql: Sql, day: number): Promise<number | null> =>
  (
    await sql.first<{ ts: number | null }>(
      `SELECT MIN(o.ts) AS ts FROM hpa h CROSS JOIN LATERAL (
         SELECT MIN(s.ts) AS ts FROM sample s WHERE s.hpa_id = h.id AND s.ts >= $1 AND s.ts < $2) o`,
      [day, day + DAY],
    )
  )?.ts ?? null;

/** Of the whole database, which is ours; 0 where it has no such function. */
async function bytes(sql: Sql): Promise<number> {
  const sized = await sql.first("SELECT 1 AS found FROM pg_proc WHERE proname = 'pg_database_size'");
  if (sized === null) return 0;
  return (await sql.first<{ bytes: number }>('SELECT pg_database_size(current_database()) AS bytes'))?.bytes ?? 0;
}
