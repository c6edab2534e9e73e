import { DAY, MINUTE } from '../../agent/src/core/clock.ts';
import { BACKFILL_STEP_MS } from '../../agent/src/domain/window.ts';
import { dayOf } from '../../agent/src/storage/postgres/days.ts';
import { leaseGuard } from '../../agent/src/storage/postgres/lease-guard.ts';
import { openPostgresStore } from '../../agent/src/storage/postgres/postgres-store.ts';
import type { SampleStore } from '../../agent/src/storage/store.ts';
import { startPostgres, type RealPostgres } from '../rig/postgres.ts';
import { bareCopy } from './postgres/copy.ts';
import {
  liveBatches,
  quantile,
  round,
  sampleAt,
  START,
  timed,
  withDirectory,
  withStore,
  type Batch,
} from './storage/rows.ts';

/**
 * What the Store over PostgreSQL costs over a bare COPY of the same rows into an equal table of the same server, and what it and SQLite take
 * for the same data; all in one run, in turns.
 */

/** Of the rows/s of bare COPY. */
const AT_LEAST = 0.5;
const ROUNDS = 5;
const HPAS = 300;
const HPAS_A_BATCH = 10;
const SCAN_DELAY_MS = 20_000;
const READS = 300;
const POINTS = (3 * DAY) / BACKFILL_STEP_MS;

/** Three days of ten HPAs a batch, as history is collected. */
const historyBatches = (): Batch[] =>
  Array.from({ length: HPAS / HPAS_A_BATCH }, (_, batch) =>
    Array.from({ length: HPAS_A_BATCH }, (_, i) => {
      const hpa = batch * HPAS_A_BATCH + i;
      return {
        hpaId: hpa + 1,
        samples: Array.from({ length: POINTS }, (_, p) => sampleAt(hpa, START + p * BACKFILL_STEP_MS)),
      };
    }),
  );

/** What a fleet catches up after ten minutes, or hands over from the buffer on disk: ten rows of each HPA. */
const catchUpBatches = (): Batch[] =>
  Array.from({ length: 60 }, (_, batch) =>
    Array.from({ length: HPAS }, (_, hpa) => ({
      hpaId: hpa + 1,
      samples: Array.from({ length: 10 }, (_, i) => sampleAt(hpa, START + (batch * 10 + i) * MINUTE)),
    })),
  );

type Writer = Pick<SampleStore, 'writeSamples'>;

async function writeAll(store: Writer, batches: Batch[], isBaseline: boolean): Promise<number> {
  const started = performance.now();
  for (const samples of batches) {
    const scannedUntil = samples[0]?.samples.at(-1)?.ts ?? START;
    const cursors = isBaseline ? [] : samples.map(({ hpaId }) => ({ hpaId, scannedUntil }));
    await store.writeSamples({ now: scannedUntil + SCAN_DELAY_MS, samples, isBaseline, cursors });
  }
  return performance.now() - started;
}

async function withPostgres<T>(server: RealPostgres, run: (store: SampleStore) => Promise<T>): Promise<T> {
  // As an owner of the cluster writes: each transaction asks whether he still is.
  const ownership = { id: () => 'bench', held: () => new Map([['c', { fence: 1 }]]) };
  const guard = leaseGuard(
    () => ownership,
    () => undefined,
  );
  const store = await openPostgresStore({ url: await server.createDatabase(), now: () => START, guard });
  try {
    await store.database.transaction((sql) =>
      sql.run("INSERT INTO cluster_lease (cluster, owner, fence, since) VALUES ('c', 'bench', 1, 0)"),
    );
    await store.enrol(
      Array.from({ length: HPAS }, (_, i) => ({ cluster: 'c', namespace: 'n', hpa: `h${i}` })),
      START,
    );
    return await run(store);
  } finally {
    await store.close();
  }
}

const withSqlite = <T>(run: (store: SampleStore) => Promise<T>): Promise<T> =>
  withDirectory((path) => withStore(path, HPAS, run));

const rowsOf = (batches: Batch[]): number => batches.flat().reduce((sum, { samples }) => sum + samples.length, 0);
const daysOf = (batches: Batch[]): number[] => [
  ...new Set(batches.flat().flatMap(({ samples }) => samples.map(({ ts }) => dayOf(ts)))),
];

async function compareWrites(
  server: RealPostgres,
  name: string,
  batches: Batch[],
  isBaseline: boolean,
): Promise<object> {
  const took = { copy: [] as number[], binaryCopy: [] as number[], postgres: [] as number[], sqlite: [] as number[] };
  const days = daysOf(batches);
  for (let i = 0; i < ROUNDS; i += 1) {
    took.copy.push(await bareCopy(server, batches, days));
    took.binaryCopy.push(await bareCopy(server, batches, days, 'binary'));
    took.postgres.push(await withPostgres(server, (store) => writeAll(store, batches, isBaseline)));
    took.sqlite.push(await withSqlite((store) => writeAll(store, batches, isBaseline)));
  }
  const rows = rowsOf(batches);
  const perSecond = (list: number[]) => Math.round((rows / quantile(list, 0.5)) * 1_000);
  const ratio = round(quantile(took.copy, 0.5) / quantile(took.postgres, 0.5));
  return {
    ...{ bench: `postgres/${name}`, rows, batches: batches.length, rowsPerSecond: perSecond(took.postgres) },
    ...{ copyRowsPerSecond: perSecond(took.copy), ratio, ratioAtLeast: AT_LEAST, isMet: ratio >= AT_LEAST },
    binaryCopyRowsPerSecond: perSecond(took.binaryCopy),
    ratioToBinaryCopy: round(quantile(took.binaryCopy, 0.5) / quantile(took.postgres, 0.5)),
    sqliteRowsPerSecond: perSecond(took.sqlite),
    ratioToSqlite: round(quantile(took.sqlite, 0.5) / quantile(took.postgres, 0.5)),
  };
}

/** Three days of one HPA, by the minute, after the rows came as scans bring them: all HPAs a minute. */
async function compareReads(server: RealPostgres): Promise<object> {
  const batches = liveBatches(HPAS, (3 * DAY) / MINUTE);
  const query = { from: START, to: START + 3 * DAY };
  const read = async (store: SampleStore) => {
    // In larger transactions than scans make: only how the rows lie matters here.
    for (let at = 0; at < batches.length; at += 60) {
      const hour = batches.slice(at, at + 60).flat();
      await store.writeSamples({ now: START, samples: hour, isBaseline: false });
    }
    return timed(READS, (i) => store.readSeries((i % HPAS) + 1, query));
  };
  const sqlite = await withSqlite(read);
  const postgres = await withPostgres(server, read);
  return {
    ...{ bench: 'postgres/read-three-days', rows: (3 * DAY) / MINUTE, hpas: HPAS, ...postgres },
    sqlite,
    ratioOfP99ToSqlite: round(postgres.p99Ms / sqlite.p99Ms),
  };
}

export async function bench(): Promise<object[]> {
  const server = await startPostgres({ fsync: true, settings: { shared_buffers: '512MB' } });
  try {
    return [
      await compareWrites(server, 'write-history', historyBatches(), true),
      await compareWrites(server, 'write-catch-up', catchUpBatches(), false),
      // A row an HPA, and the cursors of all, which no COPY knows.
      await compareWrites(server, 'write-scans', liveBatches(HPAS, 600), false),
      await compareReads(server),
    ];
  } finally {
    await server.destroy();
  }
}
