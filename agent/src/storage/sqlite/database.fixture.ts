import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sample } from '../../domain/sample.ts';
import { openDatabase, type Database, type PackedBatch } from './database.ts';
import { packSamples } from '../packed.ts';

/** A directory of its own for `run`, removed afterwards. */
export async function withTempDirectory<T>(run: (directory: string) => T | Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'hpa-watch-storage-'));
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A new database in a file, without the thread. */
export const withDatabase = <T>(run: (database: Database, path: string) => T): Promise<T> =>
  withTempDirectory((directory) => {
    const path = join(directory, 'test.db');
    const database = openDatabase({ path, busyTimeoutMs: 1_000, maxBytes: null, now: 0 });
    try {
      return run(database, path);
    } finally {
      database.close();
    }
  });

export const packed = (
  hpaId: number,
  samples: Sample[],
  rest: Partial<Omit<PackedBatch, 'hpaIds' | 'counts' | 'rows'>> = {},
): PackedBatch => ({
  now: 0,
  isBaseline: false,
  ...rest,
  hpaIds: new Float64Array([hpaId]),
  counts: new Float64Array([samples.length]),
  rows: packSamples(samples),
});

/** Enrols HPAs named by their number and answers their ids. */
export const enrolMany = (database: Database, count: number): number[] =>
  database
    .enrol(
      Array.from({ length: count }, (_, i) => ({ cluster: 'c', namespace: 'n', hpa: `h${i}` })),
      0,
    )
    .map(({ hpa }) => hpa.id);
