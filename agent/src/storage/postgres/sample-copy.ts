import { FIRST_VALUE, orNull, TS, WIDTH } from '../packed.ts';
import { IS_REAL, VALUE_COUNT, VALUE_NAMES } from './sample-rows.ts';
import type { Sql } from './sql.ts';

/** Rows of one HPA that are not there: all of `rows`, or those that begin at `at`. */
export type NewRows = { hpaId: number; rows: Float64Array; at: readonly number[] | null };

/** Bytes that are sent at once. */
const CHUNK = 65_536;
/** PGCOPY\n\377\r\n\0, no flags, no extension. https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4 */
const HEAD = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex');
const TAIL = Buffer.from('ffff', 'hex');
const COLUMNS = VALUE_COUNT + 4;
/** How many columns there are; each its length and itself. */
const MAX_ROW = 2 + COLUMNS * (4 + 8);
const TWO_32 = 4_294_967_296;

/**
 * Rows that are known not to be there: their HPAs are locked. As binary: making and reading the text of numbers takes each side longer
 * than storing them.
 */
export async function insertRows(sql: Sql, all: readonly NewRows[], now: number, isBaseline: boolean): Promise<void> {
  if (all.length === 0) return;
  await sql.copyBinary(BINARY_TARGET, binaryRows(all, Math.trunc(now), isBaseline));
}

export const BINARY_TARGET = `sample (hpa_id, ts, created_at, is_baseline, ${VALUE_NAMES})`;

/** Chunks of all that one COPY is sent. */
export function* binaryRows(all: readonly NewRows[], now: number, isBaseline: boolean): Generator<Buffer> {
  let chunk = Buffer.allocUnsafeSlow(CHUNK);
  let view = new DataView(chunk.buffer);
  let used = HEAD.copy(chunk);
  for (const { hpaId, rows, at } of all) {
    const count = at?.length ?? rows.length / WIDTH;
    for (let i = 0; i < count; i += 1) {
      if (used + MAX_ROW + TAIL.length > CHUNK) {
        yield chunk.subarray(0, used);
        chunk = Buffer.allocUnsafeSlow(CHUNK);
        view = new DataView(chunk.buffer);
        used = 0;
      }
      used = writeRow(view, used, { hpaId, now, isBaseline }, rows, at?.[i] ?? i * WIDTH);
    }
  }
  used += TAIL.copy(chunk, used);
  yield chunk.subarray(0, used);
}

type Shared = { hpaId: number; now: number; isBaseline: boolean };

/** @returns where the next row begins */
function writeRow(
  to: DataView,
  from: number,
  { hpaId, now, isBaseline }: Shared,
  rows: Float64Array,
  row: number,
): number {
  to.setUint16(from, COLUMNS);
  let at = writeBigint(to, from + 2, hpaId);
  at = writeBigint(to, at, rows[row + TS] ?? 0);
  at = writeBigint(to, at, now);
  to.setInt32(at, 2);
  to.setInt16(at + 4, isBaseline ? 1 : 0);
  at += 6;
  for (let i = 0; i < VALUE_COUNT; i++) {
    const value = orNull(rows[row + FIRST_VALUE + i]);
    if (value === null) {
      to.setInt32(at, -1);
      at += 4;
    } else if (IS_REAL[i]) {
      to.setInt32(at, 4);
      to.setFloat32(at + 4, value);
      at += 8;
    } else {
      to.setInt32(at, 8);
      to.setFloat64(at + 4, value);
      at += 12;
    }
  }
  return at;
}

/** A safe whole number as BIGINT, without a BigInt: those are slow to make. */
function writeBigint(to: DataView, at: number, value: number): number {
  const high = Math.floor(value / TWO_32);
  to.setInt32(at, 8);
  to.setInt32(at + 4, high);
  to.setUint32(at + 8, value - high * TWO_32);
  return at + 12;
}
