import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { BACKFILL_STEP_MS } from '../../agent/src/domain/window.ts';
import { MAX_HOLD_MS, shrunk } from '../rig/retention-rig.ts';
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

/** What the Store costs over a bare insert of the same rows in the same run, and what reading costs. One object a line. */

const ROUNDS = 3;
/** A minute is asked for this long after it ended. */
const SCAN_DELAY_MS = 20_000;

type Result = Record<string, unknown>;

/** Three days of ten HPAs a batch. */
const backfillBatches = (hpas: number): Batch[] =>
  Array.from({ length: hpas / 10 }, (_, batch) =>
    Array.from({ length: 10 }, (_, i) => {
      const hpa = batch * 10 + i;
      const samples = Array.from({ length: 864 }, (_, point) => sampleAt(hpa, START + point * BACKFILL_STEP_MS));
      return { hpaId: hpa + 1, samples };
    }),
  );

/** The least that storing these rows can cost: one prepared statement, one transaction a batch, no other thread. */
const bareInsert = (batches: Batch[], isBaseline: boolean): Promise<number> =>
  withDirectory(async (path) => {
    const db = new Sqlite(path);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.exec(`CREATE TABLE sample (hpa_id INTEGER NOT NULL, ts INTEGER NOT NULL, created_after_ms INTEGER NOT NULL,
      is_baseline INTEGER NOT NULL, cpu_current REAL, memory_current REAL, memory_utilization REAL,
      replicas_current INTEGER, replicas_desired INTEGER, replicas_ready INTEGER, pressure REAL, scaling_limited INTEGER,
      scaling_active INTEGER, PRIMARY KEY (hpa_id, ts)) WITHOUT ROWID`);
    const insert = db.prepare(`INSERT INTO sample VALUES (${Array(13).fill('?').join(', ')})`);
    const baseline = isBaseline ? 1 : 0;
    const run = db.transaction((batch: Batch) => {
      for (const { hpaId, samples } of batch)
        for (const s of samples) {
          const replicas = [s.replicasCurrent, s.replicasDesired, s.replicasReady];
          const values = [s.cpuCurrent, s.memoryCurrent, s.memoryUtilization, ...replicas, s.pressure];
          insert.run(hpaId, s.ts, SCAN_DELAY_MS, baseline, ...values, s.scalingLimited, s.scalingActive);
        }
    });
    const started = performance.now();
    for (const batch of batches) run.immediate(batch);
    const tookMs = performance.now() - started;
    db.close();
    return tookMs;
  });

type Stored = { tookMs: number; bytesPerRow: number };

const storeInsert = (batches: Batch[], isBaseline: boolean, withCursors: boolean): Promise<Stored> =>
  withDirectory(async (path) => {
    const hpas = Math.max(...batches.flat().map(({ hpaId }) => hpaId));
    const rows = rowsOf(batches);
    const tookMs = await withStore(path, hpas, async (store) => {
      const started = performance.now();
      for (const samples of batches) {
        const scannedUntil = samples[0]?.samples.at(-1)?.ts ?? START;
        const cursors = withCursors ? samples.map(({ hpaId }) => ({ hpaId, scannedUntil })) : [];
        await store.writeSamples({ now: scannedUntil + SCAN_DELAY_MS, samples, isBaseline, cursors });
      }
      return performance.now() - started;
    });
    return { tookMs, bytesPerRow: statSync(path).size / rows };
  });

const rowsOf = (batches: Batch[]): number => batches.flat().reduce((sum, { samples }) => sum + samples.length, 0);

async function compareInserts(name: string, batches: Batch[], isBaseline: boolean, withCursors: boolean) {
  const bare: number[] = [];
  const stored: Stored[] = [];
  // In turns, so that whatever else the machine does meets both.
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await bareInsert(batches, isBaseline));
    stored.push(await storeInsert(batches, isBaseline, withCursors));
  }
  const rows = rowsOf(batches);
  const bareMs = quantile(bare, 0.5);
  const tookMs = quantile(
    stored.map((run) => run.tookMs),
    0.5,
  );
  return {
    bench: `storage/${name}`,
    rows,
    batches: batches.length,
    rowsPerSecond: Math.round((rows / tookMs) * 1_000),
    bareRowsPerSecond: Math.round((rows / bareMs) * 1_000),
    ratio: round(bareMs / tookMs),
    bytesPerRow: round(stored[0]?.bytesPerRow ?? NaN, 1),
    bytesPerRowAtMost: 90,
  };
}

const readThreeDays = (): Promise<Result> =>
  withDirectory((path) =>
    withStore(path, 100, async (store) => {
      for (const samples of backfillBatches(100)) await store.writeSamples({ now: START, samples, isBaseline: true });
      const query = { from: START, to: START + 864 * BACKFILL_STEP_MS };
      const result = await timed(500, (i) => store.readSeries((i % 100) + 1, query));
      return { bench: 'storage/read-three-days', rows: 864, ...result };
    }),
  );

const listFleet = (): Promise<Result> =>
  withDirectory((path) =>
    withStore(path, 10_000, async (store) => {
      for (const samples of liveBatches(10_000, 3))
        await store.writeSamples({ now: START, samples, isBaseline: false });
      let cursor: string | undefined;
      const page = async (): Promise<void> => {
        const { next } = await store.listHpas({ limit: 100, ...(cursor === undefined ? {} : { cursor }) });
        cursor = next ?? undefined;
      };
      return { bench: 'storage/list-page-of-100', hpas: 10_000, ...(await timed(300, page)) };
    }),
  );

/** How long retention of 40 days holds the one who writes, at once; the whole work beside it. */
async function retention(): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'hpa-watch-bench-'));
  try {
    const { store, before, after, held } = await shrunk(join(directory, 'monitoring.db'));
    await store.close();
    const [longest = 0] = held;
    const all = held.reduce((sum, ms) => sum + ms, 0);
    return {
      bench: 'storage/retention',
      rowsBefore: before.total,
      rowsAfter: after.total,
      steps: held.length,
      longestHoldMs: Number(longest.toFixed(1)),
      wantedMs: MAX_HOLD_MS,
      shareOfAll: Number((longest / all).toFixed(3)),
      fileMb: [before.file, after.file].map((bytes) => Number((bytes / 1e6).toFixed(1))),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export async function bench(): Promise<object[]> {
  return [
    await compareInserts('live-inserts', liveBatches(500, 240), false, false),
    await compareInserts('live-inserts-with-cursors', liveBatches(500, 240), false, true),
    await compareInserts('backfill-inserts', backfillBatches(100), true, false),
    await readThreeDays(),
    await listFleet(),
    await retention(),
  ];
}
