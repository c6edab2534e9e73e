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
  await sql.copyBinary(
    `sample (hpa_id, ts, created_at, is_baseline, ${VALUE_NAMES})`,
    chunksOf(all, Math.trunc(now), isBaseline),
  );
}

function* chunksOf(all: readonly NewRows[], now: number, isBaseline: boolean): Generator<Buffer> {
  let chunk = Buffer.allocUnsafe(CHUNK);
  let used = HEAD.copy(chunk);
  for (const { hpaId, rows, at } of all) {
    const count = at?.length ?? rows.length / WIDTH;
    for (let i = 0; i < count; i += 1) {
      if (used + MAX_ROW + TAIL.length > CHUNK) {
        yield chunk.subarray(0, used);
        chunk = Buffer.allocUnsafe(CHUNK);
        used = 0;
      }
      used = writeRow(chunk, used, { hpaId, now, isBaseline }, rows, at?.[i] ?? i * WIDTH);
    }
  }
  used += TAIL.copy(chunk, used);
  yield chunk.subarray(0, used);
}

type Shared = { hpaId: number; now: number; isBaseline: boolean };

/** @returns where the next row begins */
function writeRow(
  to: Buffer,
  from: number,
  { hpaId, now, isBaseline }: Shared,
  rows: Float64Array,
  row: number,
): number {
  let at = to.writeUInt16BE(COLUMNS, from);
  at = writeBigint(to, at, hpaId);
  at = writeBigint(to, at, rows[row + TS] ?? 0);
  at = writeBigint(to, at, now);
  at = to.writeInt32BE(2, at);
  at = to.writeInt16BE(isBaseline ? 1 : 0, at);
  for (let i = 0; i < VALUE_COUNT; i++) {
    const value = orNull(rows[row + FIRST_VALUE + i]);
    if (value === null) {
      at = to.writeInt32BE(-1, at);
    } else if (IS_REAL[i]) {
      at = to.writeInt32BE(4, at);
      at = to.writeFloatBE(value, at);
    } else {
      at = to.writeInt32BE(8, at);
      at = to.writeDoubleBE(value, at);
    }
  }
  return at;
}

/** A safe whole number as BIGINT, without a BigInt: those are slow to make. */
function writeBigint(to: Buffer, from: number, value: number): number {
  const high = Math.floor(value / TWO_32);
  const at = to.writeInt32BE(high, to.writeInt32BE(8, from));
  return to.writeUInt32BE(value - high * TWO_32, at);
}
