import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sample } from '../../../agent/src/domain/sample.ts';
import { packSamples } from '../../../agent/src/storage/packed.ts';
import { BINARY_TARGET, binaryRows } from '../../../agent/src/storage/postgres/sample-copy.ts';
import type { RealPostgres } from '../../rig/postgres.ts';
import { START, type Batch } from '../storage/rows.ts';

export type CopyFormat = 'text' | 'binary';

/**
 * The least that storing these rows can cost a server: COPY of what is made already, a transaction a batch, into an equal table (the same columns, key and
 * partitions). Text is what everybody means by COPY; binary is what the store sends. ms, without the time psql takes to start.
 */
export async function bareCopy(
  server: RealPostgres,
  batches: Batch[],
  days: readonly number[],
  format: CopyFormat = 'text',
): Promise<number> {
  const url = await server.createDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'hpa-watch-copy-'));
  try {
    await psql(url, join(directory, 'tables.sql'), tables(days));
    const script = format === 'text' ? batches.map(copyOf).join('') : await binaryFiles(directory, batches);
    const started = await psql(url, join(directory, 'nothing.sql'), 'SELECT 1;');
    return (await psql(url, join(directory, 'rows.sql'), script)) - started;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const DAY = 86_400_000;
const COLUMNS = `hpa_id, ts, created_at, cpu_current, memory_current, memory_utilization, pressure, replicas_current,
  replicas_desired, replicas_ready, scaling_limited, scaling_active, is_baseline`.replaceAll(/\s+/g, ' ');

const tables = (days: readonly number[]): string => `
  CREATE TABLE sample (
    hpa_id BIGINT NOT NULL, ts BIGINT NOT NULL, created_at BIGINT NOT NULL, cpu_current DOUBLE PRECISION,
    memory_current DOUBLE PRECISION, memory_utilization DOUBLE PRECISION, pressure DOUBLE PRECISION, replicas_current REAL,
    replicas_desired REAL, replicas_ready REAL, scaling_limited REAL, scaling_active REAL, is_baseline SMALLINT NOT NULL,
    PRIMARY KEY (hpa_id, ts)) PARTITION BY RANGE (ts);
  ${days.map((day, i) => `CREATE TABLE sample_${i} PARTITION OF sample FOR VALUES FROM (${day}) TO (${day + DAY});`).join('\n')}`;

const copyOf = (batch: Batch): string => {
  const lines = batch.flatMap(({ hpaId, samples }) => samples.map((sample) => lineOf(hpaId, sample)));
  return `COPY sample (${COLUMNS}) FROM stdin;\n${lines.join('\n')}\n\\.\n`;
};

/** A file a batch, as psql cannot read binary from its script; answers the script. */
async function binaryFiles(directory: string, batches: Batch[]): Promise<string> {
  const lines = await Promise.all(
    batches.map(async (batch, i) => {
      const file = join(directory, `${i}.bin`);
      const rows = batch.map(({ hpaId, samples }) => ({ hpaId, rows: packSamples(samples), at: null }));
      await writeFile(file, Buffer.concat([...binaryRows(rows, START, false)]));
      return `\\copy ${BINARY_TARGET} FROM '${file}' WITH (FORMAT binary)\n`;
    }),
  );
  return lines.join('');
}

const lineOf = (hpaId: number, s: Sample): string =>
  [
    ...[hpaId, s.ts, s.ts + 20_000, s.cpuCurrent, s.memoryCurrent, s.memoryUtilization, s.pressure, s.replicasCurrent],
    ...[s.replicasDesired, s.replicasReady, s.scalingLimited, s.scalingActive, 0],
  ]
    .map((value) => value ?? '\\N')
    .join('\t');

/** Runs a script of SQL; answers how long it took, ms. */
async function psql(url: string, file: string, script: string): Promise<number> {
  await writeFile(file, script);
  const started = performance.now();
  const child = spawn(
    'psql',
    ['--quiet', '--no-psqlrc', '--set=ON_ERROR_STOP=1', `--dbname=${url}`, `--file=${file}`],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`psql ended with ${code}`);
  return performance.now() - started;
}
