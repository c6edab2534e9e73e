import type { Database as Connection } from 'better-sqlite3';
import type { HpaKey } from '../domain/hpa.ts';
import type { Window } from '../domain/window.ts';
import { clusterStatements } from './clusters.ts';
import { connect, type ConnectionOptions } from './connection.ts';
import { countStatements } from './counts.ts';
import { storageError } from './faults.ts';
import { gapStatements } from './gaps.ts';
import { hpaListStatements } from './hpa-list.ts';
import { hpaStatements } from './hpas.ts';
import { migrate, type Migrated } from './migrations.ts';
import { WIDTH } from './packed.ts';
import { progressStatements } from './progress.ts';
import { retentionPass } from './retention-pass.ts';
import { retentionStatements } from './retention.ts';
import { sampleStatements } from './samples.ts';
import { MIGRATIONS } from './schema.ts';
import { seriesStatements } from './series.ts';
import { specStatements } from './spec-store.ts';
import type { HpaFilter, RetentionPolicy, SampleBatch, SeriesQuery, StoredCluster, StoredHpa } from './store.ts';

export type DatabaseOptions = ConnectionOptions & { now: number };

/** `SampleBatch` as it crosses the thread: the rows of all HPAs behind each other, `counts[i]` rows of `hpaIds[i]`. */
export type PackedBatch = Omit<SampleBatch, 'samples'> & {
  hpaIds: Float64Array;
  counts: Float64Array;
  rows: Float64Array;
};

/** Everything the thread can be asked for, synchronously. Its methods are those of Store; samples are packed. */
export type Database = ReturnType<typeof openDatabase>;

/** Opens (and where needed makes or migrates) the database. Everything throws what better-sqlite3 throws, or AgentError. */
export function openDatabase(options: DatabaseOptions) {
  const db = connect(options);
  try {
    const migrated = migrate(db, MIGRATIONS, options.now);
    return methodsOf(db, migrated);
  } catch (error) {
    db.close();
    throw error;
  }
}

function methodsOf(db: Connection, migrated: Migrated) {
  const specs = specStatements(db);
  const samples = sampleStatements(db, specs);
  const series = seriesStatements(db, specs);
  const hpas = hpaStatements(db);
  const gaps = gapStatements(db);
  const progress = progressStatements(db);
  const clusters = clusterStatements(db);
  const list = hpaListStatements(db);
  const counters = countStatements(db);

  /** One write transaction. IMMEDIATE, so that waiting for another writer happens before anything was read. */
  const write = <T>(fn: () => T): T => {
    try {
      return db.transaction(fn).immediate();
    } catch (error) {
      samples.forget();
      throw error;
    }
  };
  /** One look at the data for several statements; besides, taking SQLite's lock once is most of the cost of a short one. */
  const read = <T>(fn: () => T): T => db.transaction(fn).deferred();
  const retention = retentionPass({
    db,
    retention: retentionStatements(db, specs),
    addToCounters: (change) => counters.addToCounters(change),
    forget: (hpaId) => samples.forget(hpaId),
    write,
    elapsed: () => performance.now(),
  });

  const writeBatch = ({ now, isBaseline, hpaIds, counts, rows, ...batch }: PackedBatch): number => {
    const change = { samples: 0, baseline: 0 };
    let written = 0;
    let at = 0;
    hpaIds.forEach((hpaId, i) => {
      const end = at + (counts[i] ?? 0) * WIDTH;
      written += samples.writeRows({ hpaId, rows: rows.subarray(at, end) }, { now, isBaseline }, change);
      at = end;
    });
    counters.addToCounters(change);
    // Opened first: what one batch opens and closes is closed.
    for (const gap of batch.openGaps ?? []) if (samples.exists(gap.hpaId)) gaps.openGap(gap);
    for (const gap of batch.closeGaps ?? []) gaps.closeGap(gap);
    for (const { hpaId, scannedUntil } of batch.cursors ?? []) progress.moveCursor(hpaId, scannedUntil, now);
    return written;
  };

  return {
    opened: (): Migrated => migrated,
    listClusters: () => clusters.listClusters(),
    saveCluster: (cluster: StoredCluster) => clusters.saveCluster(cluster),
    removeCluster: (name: string) => clusters.removeCluster(name),

    enrol: (...args: Parameters<typeof hpas.enrol>) => write(() => hpas.enrol(...args)),
    findHpa: (key: HpaKey) => hpas.findHpa(key),
    hpasOfCluster: hpas.hpasOfCluster,
    listHpas(filter: HpaFilter): { items: StoredHpa[]; next: string | null; total: number; latest: Float64Array[] } {
      return read(() => {
        const page = list.listPage(filter);
        return { ...page, latest: page.items.map(({ id }) => series.latest(id)) };
      });
    },
    patchHpa: (...args: Parameters<typeof hpas.patchHpa>) => write(() => hpas.patchHpa(...args)),
    removeHpa(id: number, { purge }: { purge: boolean }): void {
      write(() => {
        if (!purge) return hpas.stopHpa(id);
        counters.addToCounters(hpas.purgeHpa(id));
        samples.forget(id);
      });
    },
    saveDiscovered: (...args: Parameters<typeof hpas.saveDiscovered>) => write(() => hpas.saveDiscovered(...args)),
    countByCluster: hpas.countByCluster,

    saveBaseline: (...args: Parameters<typeof progress.saveBaseline>) => write(() => progress.saveBaseline(...args)),
    dueBackfills: progress.dueBackfills,

    writeSamples: (batch: PackedBatch): { rows: number } => ({ rows: write(() => writeBatch(batch)) }),
    readSeries: (hpaId: number, query: SeriesQuery) => read(() => series.readSeries(hpaId, query)),
    readSeriesOf: (hpaIds: number[], query: SeriesQuery) => read(() => series.readSeriesOf(hpaIds, query)),
    countPoints: (hpaId: number, window: Window) => read(() => series.countPoints(hpaId, window)),
    openGaps: gaps.openGaps,

    counts: () => counters.counts(),
    retain: (policy: RetentionPolicy, now: number, maxMs: number) => retention.retain(policy, now, maxMs),
    check: (): string[] => quickCheck(db),
    close(): void {
      db.close();
    },
  };
}

function quickCheck(db: Connection): string[] {
  try {
    const findings = db.pragma('quick_check') as { quick_check: string }[];
    return findings.map(({ quick_check }) => quick_check).filter((finding) => finding !== 'ok');
  } catch (error) {
    // So damaged that the check itself stops: that is its finding.
    const fault = storageError(error, db.name);
    if (fault.code === 'storage/corrupt') return [fault.message];
    throw error;
  }
}
