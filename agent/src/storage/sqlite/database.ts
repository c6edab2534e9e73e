import type { Database as Connection } from 'better-sqlite3';
import type { HpaKey } from '../../domain/hpa.ts';
import type { NotificationDraft, NotificationOutcome } from '../../domain/notification.ts';
import type { Window } from '../../domain/window.ts';
import type { AnomalyBatch, AnomalyFilter, AnomalyPatch, DetectorStateUpdate } from '../anomaly-store.ts';
import { anomalyStatements } from './anomalies.ts';
import { anomalyListStatements } from './anomaly-list.ts';
import { clusterStatements } from './clusters.ts';
import { connect, type ConnectionOptions } from './connection.ts';
import { countStatements } from './counts.ts';
import { detectorStatements } from './detector-states.ts';
import { storageError } from './faults.ts';
import { gapStatements } from './gaps.ts';
import { changesOf } from '../hpa-changes.ts';
import { hpaListStatements } from './hpa-list.ts';
import { hpaStatements } from './hpas.ts';
import { assertOursAt, findingsOf } from './identity.ts';
import { LASTING_METHODS, withLastingWrites } from './lasting-writes.ts';
import { migrate, type Migrated } from './migrations.ts';
import { notificationStatements } from './notifications.ts';
import { WIDTH } from '../packed.ts';
import { progressStatements } from './progress.ts';
import { revisionStatements } from './revision-store.ts';
import { recentStatements } from './recent-samples.ts';
import { retentionPass } from './retention-pass.ts';
import { retentionStatements } from './retention.ts';
import { sampleStatements } from './samples.ts';
import { MIGRATIONS } from './schema.ts';
import { seriesStatements } from './series.ts';
import { specStatements } from './spec-store.ts';
import { toldListKeeper } from './told-list.ts';
import type { HpaFilter, RetentionPolicy, SampleBatch, SeriesQuery, StoredCluster, StoredHpa } from '../store.ts';
import { watchedListKeeper } from './watched-list.ts';

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
  assertOursAt(options);
  const db = connect(options);
  try {
    const migrated = migrate(db, MIGRATIONS, options.now);
    const list = watchedListKeeper(db);
    list.keepIfPossible();
    const keepTold = toldListKeeper(db);
    keepTold();
    const methods = methodsOf(db, migrated, keepTold);
    return withLastingWrites(db, methods, LASTING_METHODS, () => list.keep());
  } catch (error) {
    db.close();
    throw error;
  }
}

function methodsOf(db: Connection, migrated: Migrated, keepTold: () => void) {
  const specs = specStatements(db);
  const revisions = revisionStatements(db);
  const recent = recentStatements(db);
  const samples = sampleStatements(db, specs, recent);
  const series = seriesStatements(db, specs);
  const hpas = hpaStatements(db);
  const gaps = gapStatements(db);
  const progress = progressStatements(db);
  const clusters = clusterStatements(db);
  const list = hpaListStatements(db);
  const counters = countStatements(db);
  const anomalies = anomalyStatements(db);
  const anomalyList = anomalyListStatements(db);
  const detectors = detectorStatements(db);
  const notifications = notificationStatements(db);

  /** One write transaction. IMMEDIATE, so that waiting for another writer happens before anything was read. */
  const write = <T>(fn: () => T): T => {
    try {
      return db.transaction(fn).immediate();
    } catch (error) {
      samples.forget();
      throw error;
    }
  };
  const writeTold = <T>(fn: () => T): T => {
    const value = write(fn);
    keepTold();
    return value;
  };
  /** One look at the data for several statements; besides, taking SQLite's lock once is most of the cost of a short one. */
  const read = <T>(fn: () => T): T => db.transaction(fn).deferred();
  const retention = retentionPass({
    db,
    retention: retentionStatements(db, specs, revisions),
    addToCounters: (change) => counters.addToCounters(change),
    settle: (hpaId) => samples.settle(hpaId),
    forget: (hpaId) => samples.forget(hpaId),
    expireAnomalies: (before, limit) => {
      detectors.expireExclusions(before);
      // Marks after anomalies: one that still fires is needed.
      return Math.max(anomalies.expireAnomalies(before, limit), notifications.expireMarks(before, limit));
    },
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
    recent.trim((hpaId) => samples.settle(hpaId));
    // Opened first: what one batch opens and closes is closed.
    for (const gap of batch.openGaps ?? []) if (samples.exists(gap.hpaId)) gaps.openGap(gap);
    for (const seen of batch.revisions ?? []) if (samples.exists(seen.hpaId)) revisions.writeRevisions(seen);
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
        if (!purge) {
          anomalies.endAnomalies(id);
          return hpas.stopHpa(id);
        }
        anomalies.forgetAnomalies(id);
        counters.addToCounters(hpas.purgeHpa(id));
        recent.purge(id);
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
    changesOf: (hpaId: number, { from, to }: { from: number; to: number }) =>
      read(() =>
        changesOf({
          before: specs.specAt(hpaId, from - 1),
          specs: specs.changesIn(hpaId, from, to),
          revisionsBefore: revisions.changesBefore(hpaId, from),
          revisions: revisions.changesIn(hpaId, from, to),
        }),
      ),
    rolloutsOf: revisions.rolloutsOf,
    openGaps: gaps.openGaps,

    saveAnomalies: ({
      anomalies: changed,
      notifications: drafts = [],
      states = [],
    }: AnomalyBatch): { queued: number } => {
      const saved = write(() => {
        anomalies.saveAnomalies(changed);
        detectors.saveDetectorState(states);
        return { queued: notifications.enqueue(drafts) };
      });
      if (drafts.length > 0) keepTold();
      return saved;
    },
    openAnomalies: anomalies.openAnomalies,
    findAnomaly: (id: string) => anomalies.findAnomaly(id),
    listAnomalies: (filter: AnomalyFilter) => read(() => anomalyList.listAnomalies(filter)),
    anomalyChanges: (filter: AnomalyFilter, since: string | null) =>
      read(() => anomalyList.anomalyChanges(filter, since)),
    patchAnomaly: (id: string, patch: AnomalyPatch) => write(() => anomalies.patchAnomaly(id, patch)),
    anomalyCounts: anomalies.anomalyCounts,
    saveDetectorState: (updates: DetectorStateUpdate[]) => write(() => detectors.saveDetectorState(updates)),
    detectorStates: detectors.detectorStates,
    addExclusion: (hpaId: number, from: number, to: number) => write(() => detectors.addExclusion(hpaId, from, to)),
    exclusionsOf: (hpaId: number) => read(() => detectors.exclusionsOf(hpaId)),
    acceptNewNormal: (id: number, since: number | null) => write(() => detectors.acceptNewNormal(id, since)),
    enqueueNotifications: (drafts: NotificationDraft[]) => writeTold(() => ({ queued: notifications.enqueue(drafts) })),
    dueNotifications: (receiver: string, now: number, limit: number) =>
      read(() => notifications.dueNotifications(receiver, now, limit)),
    settleNotification: (id: number, outcome: NotificationOutcome) =>
      writeTold(() => notifications.settleNotification(id, outcome)),
    notificationMarks: notifications.notificationMarks,
    activeNotifications: notifications.activeNotifications,
    keepReceivers: (names: string[]) => writeTold(() => ({ dropped: notifications.keepReceivers(names) })),

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
    return findingsOf(db, 'quick');
  } catch (error) {
    // So damaged that the check itself stops: that is its finding.
    const fault = storageError(error, db.name);
    if (fault.code === 'storage/corrupt') return [fault.message];
    throw error;
  }
}
