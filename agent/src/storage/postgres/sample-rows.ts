import { orNull } from '../packed.ts';
import type { Sql } from './sql.ts';

/** Rows to write, column by column, as `unnest` takes them. */
export type RowColumns = {
  hpaIds: number[];
  ts: number[];
  /** The nine of VALUE_COLUMNS, in their order. */
  values: (number | null)[][];
};

const VALUE_COUNT = 9;
/** Rows of one statement: more make it no faster, and its text is held in memory three times. */
const ROWS_AT_ONCE = 10_000;

const COLUMNS = `cpu_current, memory_current, memory_utilization, replicas_current, replicas_desired, replicas_ready,
  pressure, scaling_limited, scaling_active`;
const NAMES = COLUMNS.split(',').map((name) => name.trim());
const REAL = new Set(['replicas_current', 'replicas_desired', 'replicas_ready', 'scaling_limited', 'scaling_active']);
const isReal = NAMES.map((name) => REAL.has(name));
const unnested = `unnest($1::bigint[], $2::bigint[], ${NAMES.map((name, i) => `$${i + 3}::${REAL.has(name) ? 'real' : 'double precision'}[]`).join(', ')})`;

export const noRows = (): RowColumns => ({ hpaIds: [], ts: [], values: NAMES.map(() => []) });

/** Adds a packed row; `at` is where its values begin. */
export function pushRow(columns: RowColumns, hpaId: number, ts: number, rows: Float64Array, at: number): void {
  columns.hpaIds.push(hpaId);
  columns.ts.push(ts);
  for (let i = 0; i < VALUE_COUNT; i++) {
    const value = orNull(rows[at + i]);
    // PostgreSQL refuses a REAL that is too small for it, and with it the whole batch.
    columns.values[i]?.push(value !== null && isReal[i] ? Math.fround(value) : value);
  }
}

/** Rows that are known not to be there: the HPA is locked. */
export async function insertRows(sql: Sql, rows: RowColumns, now: number, isBaseline: boolean): Promise<void> {
  for (const part of parts(rows))
    await sql.run(
      `INSERT INTO sample (hpa_id, ts, created_at, is_baseline, ${COLUMNS})
       SELECT w.hpa_id, w.ts, $12::bigint, $13::smallint, ${NAMES.map((name) => `w.${name}`).join(', ')}
       FROM ${unnested} AS w (hpa_id, ts, ${COLUMNS})`,
      [...part, now, isBaseline ? 1 : 0],
    );
}

/** Rows that are there: null erases nothing, and a row that stays the same is not written. */
export async function updateRows(sql: Sql, rows: RowColumns, isBaseline: boolean): Promise<void> {
  const merged = NAMES.map((name) => `${name} = COALESCE(w.${name}, s.${name})`).join(', ');
  const differs = NAMES.map((name) => `COALESCE(w.${name}, s.${name}) IS DISTINCT FROM s.${name}`).join(' OR ');
  for (const part of parts(rows))
    await sql.run(
      `UPDATE sample s SET ${merged}, is_baseline = GREATEST(s.is_baseline, $12::smallint)
       FROM ${unnested} AS w (hpa_id, ts, ${COLUMNS})
       WHERE s.hpa_id = w.hpa_id AND s.ts = w.ts AND s.ts >= $13::bigint AND s.ts <= $14::bigint
         AND (s.is_baseline < $12::smallint OR ${differs})`,
      [...part, isBaseline ? 1 : 0, least(part[1] ?? []), most(part[1] ?? [])],
    );
}

function* parts({ hpaIds, ts, values }: RowColumns): Generator<(number | null)[][]> {
  for (let at = 0; at < hpaIds.length; at += ROWS_AT_ONCE)
    yield [hpaIds, ts, ...values].map((column) => column.slice(at, at + ROWS_AT_ONCE));
}

const least = (list: readonly (number | null)[]): number =>
  list.reduce<number>((a, b) => Math.min(a, b ?? a), Infinity);
const most = (list: readonly (number | null)[]): number =>
  list.reduce<number>((a, b) => Math.max(a, b ?? a), -Infinity);
