import { FIRST_VALUE, orNull } from '../packed.ts';
import type { Sql } from './sql.ts';

/** Columns of `sample` in the order of VALUE_COLUMNS; those that hold small whole numbers are REAL. */
const COLUMNS = [
  ['cpu_current', 'double precision'],
  ['memory_current', 'double precision'],
  ['memory_utilization', 'double precision'],
  ['replicas_current', 'real'],
  ['replicas_desired', 'real'],
  ['replicas_ready', 'real'],
  ['pressure', 'double precision'],
  ['scaling_limited', 'real'],
  ['scaling_active', 'real'],
] as const;
const NAMES = COLUMNS.map(([name]) => name);
export const IS_REAL = COLUMNS.map(([, type]) => type === 'real');
export const VALUE_NAMES = NAMES.join(', ');
export const VALUE_COUNT = COLUMNS.length;

/** Rows of one statement: more make it no faster, and its text is held in memory twice. */
const ROWS_AT_ONCE = 10_000;

/** The values of a row as they are stored; NaN: none. */
export type Values = Float64Array;

/** Rows that share one buffer: a buffer for each costs more than what is in it. */
const ROWS_A_BUFFER = 128;
let buffer = new Float64Array(0);
let used = 0;

function newValues(): Values {
  if (used === buffer.length) {
    buffer = new Float64Array(ROWS_A_BUFFER * VALUE_COUNT);
    used = 0;
  }
  return buffer.subarray(used, (used += VALUE_COUNT));
}

/** Of a packed row that begins at `at`. PostgreSQL refuses a REAL that is too small for it, and with it the whole batch. */
export function valuesOf(rows: Float64Array, at: number): Values {
  const values = newValues();
  for (let i = 0; i < VALUE_COUNT; i++) {
    const value = orNull(rows[at + FIRST_VALUE + i]) ?? NaN;
    values[i] = IS_REAL[i] ? Math.fround(value) : value;
  }
  return values;
}

/** As they come from the database. */
export function storedValues(row: readonly (number | null)[]): Values {
  const values = new Float64Array(VALUE_COUNT);
  for (let i = 0; i < VALUE_COUNT; i++) {
    const value = row[i] ?? NaN;
    // Its text is the shortest one that means this REAL.
    values[i] = IS_REAL[i] ? Math.fround(value) : value;
  }
  return values;
}

/** What a row shows after a write: null erases nothing. */
export const mergeValues = (known: Values, given: Values): Values =>
  given.map((value, i) => (Number.isNaN(value) ? (known[i] ?? NaN) : value));

export const sameValues = (a: Values, b: Values): boolean => a.every((value, i) => Object.is(value, b[i]));

/** Rows that are there and change, column by column, as `unnest` takes them. */
export type ChangedRows = { columns: (number | 'NULL')[][] };

export const noChangedRows = (): ChangedRows => ({ columns: Array.from({ length: VALUE_COUNT + 2 }, () => []) });

export function pushChanged(rows: ChangedRows, hpaId: number, ts: number, values: Values): void {
  rows.columns[0]?.push(hpaId);
  rows.columns[1]?.push(ts);
  for (let i = 0; i < VALUE_COUNT; i++) {
    const value = values[i] ?? NaN;
    rows.columns[i + 2]?.push(Number.isNaN(value) ? 'NULL' : value);
  }
}

const unnested = `unnest($1::bigint[], $2::bigint[], ${COLUMNS.map(([, type], i) => `$${i + 3}::${type}[]`).join(', ')})
  AS w (hpa_id, ts, ${VALUE_NAMES})`;

/** Rows that are there, with all their values. What is a baseline row stays one. */
export async function updateRows(sql: Sql, { columns }: ChangedRows, isBaseline: boolean): Promise<void> {
  const count = columns[0]?.length ?? 0;
  for (let at = 0; at < count; at += ROWS_AT_ONCE) {
    const part = columns.map((column) => column.slice(at, at + ROWS_AT_ONCE));
    // Known before the statement is planned: so only these days are looked at.
    const times = (part[1] ?? []).map(Number);
    await sql.run(
      `UPDATE sample s SET ${NAMES.map((name) => `${name} = w.${name}`).join(', ')},
         is_baseline = GREATEST(s.is_baseline, $12::smallint)
       FROM ${unnested} WHERE s.hpa_id = w.hpa_id AND s.ts = w.ts AND s.ts >= $13::bigint AND s.ts <= $14::bigint`,
      [...part.map((column) => `{${column.join(',')}}`), isBaseline ? 1 : 0, least(times), most(times)],
    );
  }
}

const least = (list: readonly number[]): number => list.reduce((a, b) => Math.min(a, b), Infinity);
const most = (list: readonly number[]): number => list.reduce((a, b) => Math.max(a, b), -Infinity);
