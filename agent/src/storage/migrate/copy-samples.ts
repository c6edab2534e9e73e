import { DAY } from '../../core/clock.ts';
import type { Sql } from '../postgres/sql.ts';
import { sameDigest } from './checksum.ts';
import { differs } from './differs.ts';
import { baselineRows, columnsOf, packDays, type SampleDay } from './sample-days.ts';
import type { Source } from './source.ts';
import { forgetChunks, noteChunks, setVerified, type Chunk, type KnownChunk, type Target } from './target.ts';

/** Rows of one transaction; the next one begins where it ended, whatever happens in between. */
const ROWS_AT_ONCE = 20_000;

type Changed = SampleDay & { hpaId: number; isKnown: boolean };
const chunkOf = (hpaId: number, day: number): Chunk => ({ table: 'sample', first: hpaId, day });

/** Copies the days that are new or have changed. @returns how many rows were written */
export async function copySamples(
  source: Source,
  target: Target,
  hpaIds: readonly number[],
  onRows: (rows: number) => void,
): Promise<number> {
  let written = 0;
  let changed: Changed[] = [];
  let gone: Chunk[] = [];
  let pending = 0;
  const flush = async () => {
    await target.partitions.ensure(changed.map(({ day }) => day));
    await target.write((sql) => replaceDays(sql, changed, gone));
    written += pending;
    [changed, gone, pending] = [[], [], 0];
  };
  for (const hpaId of hpaIds) {
    const known = new Map((await target.known('sample', { first: hpaId, to: hpaId + 1 })).map((one) => [one.day, one]));
    const days = source.sampleDays(hpaId);
    const there = new Set(days.map(({ day }) => day));
    for (const { day } of known.values()) if (!there.has(day)) gone.push(chunkOf(hpaId, day));
    for (const day of days) {
      if (sameDigest(known.get(day.day), day.digest)) continue;
      changed.push({ ...day, hpaId, isKnown: known.has(day.day) });
      pending += day.digest.rows;
      if (pending >= ROWS_AT_ONCE) await flush();
    }
    onRows(days.reduce((sum, { digest }) => sum + digest.rows, 0));
  }
  if (changed.length > 0 || gone.length > 0) await flush();
  return written;
}

async function replaceDays(sql: Sql, changed: readonly Changed[], gone: readonly Chunk[]): Promise<void> {
  // A day that nobody has noted has no row: both are written in one transaction.
  const old = [...gone, ...changed.filter(({ isKnown }) => isKnown).map(({ hpaId, day }) => chunkOf(hpaId, day))];
  if (old.length > 0)
    await sql.run(
      `DELETE FROM sample s USING unnest($1::bigint[], $2::bigint[]) AS w (id, day)
       WHERE s.hpa_id = w.id AND s.ts >= w.day AND s.ts < w.day + ${DAY}`,
      [old.map(({ first }) => first), old.map(({ day }) => day)],
    );
  await forgetChunks(sql, gone);
  if (changed.length === 0) return;
  await sql.run(
    `INSERT INTO sample (hpa_id, ts, created_at, is_baseline, cpu_current, memory_current, memory_utilization,
       replicas_current, replicas_desired, replicas_ready, pressure, scaling_limited, scaling_active)
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::double precision[],
       $6::double precision[], $7::double precision[], $8::real[], $9::real[], $10::real[], $11::double precision[],
       $12::real[], $13::real[])`,
    columnsOf(changed),
  );
  await noteChunks(
    sql,
    changed.map(({ hpaId, day, digest, rows }) => ({ ...chunkOf(hpaId, day), digest, baseline: baselineRows(rows) })),
  );
}

/** Reads back, HPA by HPA, what was copied since it was last looked at. @throws AgentError `storage/corrupt` where it is not the same */
export async function verifySamples(
  target: Target,
  hpaIds: readonly number[],
  onRows: (rows: number) => void,
): Promise<void> {
  let sound: Chunk[] = [];
  const flush = async () => {
    await target.write((sql) => setVerified(sql, sound));
    sound = [];
  };
  for (const hpaId of hpaIds) {
    const known = await target.known('sample', { first: hpaId, to: hpaId + 1 });
    const open = known.filter(({ verified }) => !verified);
    if (open.length > 0) {
      const stored = new Map(packDays(await readBack(target, hpaId, open)).map((day) => [day.day, day.digest]));
      const wrong = open.filter((chunk) => !sameDigest(stored.get(chunk.day), chunk));
      if (wrong.length > 0)
        throw await differs(
          target,
          wrong.map(({ day }) => chunkOf(hpaId, day)),
          `the HPA ${hpaId}`,
        );
      sound.push(...open.map(({ day }) => chunkOf(hpaId, day)));
      if (sound.length >= 1_000) await flush();
    }
    onRows(known.reduce((sum, { rows }) => sum + rows, 0));
  }
  if (sound.length > 0) await flush();
}

const readBack = (target: Target, hpaId: number, chunks: readonly KnownChunk[]) =>
  target.read((sql) =>
    sql.arrays<(number | null)[]>(
      `SELECT ts, created_at, is_baseline, cpu_current, memory_current, memory_utilization, replicas_current,
         replicas_desired, replicas_ready, pressure, scaling_limited, scaling_active
       FROM sample WHERE hpa_id = $1 AND ts >= $2 AND ts < $3 ORDER BY ts`,
      [hpaId, chunks[0]?.day ?? 0, (chunks.at(-1)?.day ?? 0) + DAY],
    ),
  );
