import type { SampleBatch } from '../store.ts';
import { addToDays, dayChanges } from './days.ts';
import { changeGaps } from './gaps.ts';
import type { HpaRows, LockedRows, Stored } from './hpa-rows.ts';
import { writeRevisions } from './revisions.ts';
import { insertRows, noRows, pushRow, updateRows } from './sample-rows.ts';
import { FIRST_VALUE, TS, WIDTH } from '../packed.ts';
import { planSpecWrites } from './spec-writes.ts';
import { replaceSpecs } from './specs.ts';
import type { Sql } from './sql.ts';

export type SampleWrite = Omit<SampleBatch, 'samples'> & { rows: readonly HpaRows[] };

const NOTHING: Stored = new Map();

/** One batch, within a transaction. @returns how many rows it held of HPAs that there are */
export async function writeBatch(sql: Sql, batch: SampleWrite): Promise<number> {
  const { now, isBaseline, cursors = [], openGaps = [], closeGaps = [], revisions = [] } = batch;
  const mentioned = [...batch.rows, ...cursors, ...openGaps, ...closeGaps, ...revisions].map(({ hpaId }) => hpaId);
  const newest = await lock(sql, mentioned);
  const isThere = ({ hpaId }: { hpaId: number }) => newest.has(hpaId);
  const there = batch.rows.filter(isThere).map((rows) => ({ ...rows, newestTs: newest.get(rows.hpaId) ?? -Infinity }));
  const stored = await storedRows(sql, there);
  const locked = there.map((rows): LockedRows => ({ ...rows, stored: stored.get(rows.hpaId) ?? NOTHING }));

  await replaceSpecs(sql, await planSpecWrites(sql, locked));
  const days = dayChanges();
  const fresh = noRows();
  const known = noRows();
  for (const { hpaId, cluster, rows, stored: storedHere } of locked)
    for (let at = 0; at < rows.length; at += WIDTH) {
      const ts = rows[at + TS] ?? 0;
      const row = storedHere.get(ts);
      pushRow(row ? known : fresh, hpaId, ts, rows, at + FIRST_VALUE);
      days.add(cluster, ts, row === undefined, isBaseline && row?.isBaseline !== true);
    }
  await insertRows(sql, fresh, now, isBaseline);
  await updateRows(sql, known, isBaseline);
  await writeRevisions(sql, revisions.filter(isThere));
  await changeGaps(sql, openGaps.filter(isThere), closeGaps.filter(isThere));
  await moveStates(sql, locked, cursors.filter(isThere), now);
  await addToDays(sql, days.list());
  return fresh.ts.length + known.ts.length;
}

/** Locks the HPAs, in the order in which everybody does; those that were purged meanwhile are not among the answer. */
async function lock(sql: Sql, hpaIds: readonly number[]): Promise<Map<number, number | null>> {
  const states = await sql.rows<{ hpa_id: number; newest_ts: number | null }>(
    'SELECT hpa_id, newest_ts FROM scan_state WHERE hpa_id = ANY($1::bigint[]) ORDER BY hpa_id FOR UPDATE',
    [[...new Set(hpaIds)]],
  );
  return new Map(states.map(({ hpa_id, newest_ts }) => [hpa_id, newest_ts]));
}

/** What is stored already among the times to be written. Where all are newer than anything stored, nobody needs to look. */
async function storedRows(sql: Sql, rows: readonly (HpaRows & { newestTs: number })[]): Promise<Map<number, Stored>> {
  const asked = rows.filter(({ first, newestTs }) => first <= newestTs);
  const stored = new Map<number, Stored>();
  if (asked.length === 0) return stored;
  const found = await sql.arrays<[number, number, number]>(
    `SELECT s.hpa_id, s.ts, s.is_baseline FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS w (id, first, last)
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
  for (const [hpaId, ts, isBaseline] of found) {
    const list = stored.get(hpaId) ?? new Map<number, { isBaseline: boolean }>();
    list.set(ts, { isBaseline: isBaseline === 1 });
    stored.set(hpaId, list);
  }
  return stored;
}

/** Cursors never go back, but where one stands in the future: there a clock that was wrong has put it. */
async function moveStates(
  sql: Sql,
  rows: readonly LockedRows[],
  cursors: readonly { hpaId: number; scannedUntil: number }[],
  now: number,
): Promise<void> {
  const newest = rows.filter(({ last, newestTs }) => last > newestTs).map(({ hpaId, last }) => ({ hpaId, last }));
  const moves = new Map<number, { last: number | null; scannedUntil: number | null }>();
  for (const { hpaId, last } of newest) moves.set(hpaId, { last, scannedUntil: null });
  for (const { hpaId, scannedUntil } of cursors) {
    const known = moves.get(hpaId);
    const until = Math.max(scannedUntil, known?.scannedUntil ?? -Infinity);
    moves.set(hpaId, { last: known?.last ?? null, scannedUntil: until });
  }
  if (moves.size === 0) return;
  await sql.run(
    `UPDATE scan_state s SET newest_ts = GREATEST(s.newest_ts, w.newest),
       last_scan_at = CASE WHEN w.until IS NULL THEN s.last_scan_at ELSE $4::bigint END,
       scanned_until = CASE WHEN w.until IS NOT NULL AND (s.scanned_until IS NULL OR s.scanned_until < w.until OR s.scanned_until > $4::bigint)
         THEN w.until ELSE s.scanned_until END
     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS w (id, newest, until) WHERE s.hpa_id = w.id`,
    [
      [...moves.keys()],
      [...moves.values()].map(({ last }) => last),
      [...moves.values()].map(({ scannedUntil }) => scannedUntil),
      now,
    ],
  );
}
