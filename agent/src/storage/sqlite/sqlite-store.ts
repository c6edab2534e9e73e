import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Sample } from '../../domain/sample.ts';
import type { PackedBatch } from './database.ts';
import { unpackSamples, packSample, WIDTH } from '../packed.ts';
import type { ThreadOptions } from './protocol.ts';
import type { OpeningCheck } from './rebuild.ts';
import { rebuiltSentence } from './rebuilt-report.ts';
import type { SampleBatch, Store } from '../store.ts';
import { startThread } from './thread.ts';

export type SqliteStoreOptions = {
  /** The database file; its directory is made where it is missing. */
  path: string;
  /** Wall clock, epoch ms; dates the migrations. */
  now: () => number;
  logger?: Logger;
  /** How long a call waits while another process holds the write lock. */
  busyTimeoutMs?: number;
  /** Upper limit of the database file; beyond it writes reject with `storage/full`. Default: the disk's. */
  maxBytes?: number | null;
  /**
   * Looks the database over first; a damaged one is kept aside and replaced by one with what could be salvaged. Default: it is opened
   * as it is, and refused where it cannot be.
   */
  check?: OpeningCheck | null;
  /** Called once when the store can serve no longer: the database was found damaged, or its thread ended. Open it anew. */
  onBroken?: (error: AgentError) => void;
};

// Short: the one thread answers nobody meanwhile, and what could not be written is collected again by the next scan.
const BUSY_TIMEOUT_MS = 1_000;

// Beside this file, and of its kind: .ts from the sources (Node strips the types itself), .js from the build.
const WORKER = new URL(`./worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

/**
 * The Store over SQLite. One thread owns the connection; calls are done in the order they were made.
 * @throws AgentError `storage/newer-schema`, `storage/foreign`, `storage/corrupt`, `storage/busy`, `storage/full`, `storage/read-only`, `storage/failed`
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, now, logger, busyTimeoutMs = BUSY_TIMEOUT_MS, maxBytes = null, check = null, onBroken } = options;
  const data: ThreadOptions = { path, busyTimeoutMs, maxBytes, now: now(), check };
  const { call, opened, close } = await startThread(WORKER, data, { logger, onBroken });
  if (opened.rebuilt) logger?.error({ path, ...opened.rebuilt }, rebuiltSentence(opened.rebuilt));
  const { from, to } = opened;
  if (from !== to) logger?.info({ path, from, to }, 'database schema brought up to date');
  return {
    listClusters: () => call('listClusters'),
    saveCluster: (cluster) => call('saveCluster', cluster),
    removeCluster: (name) => call('removeCluster', name),
    enrol: (keys, at) => call('enrol', keys, at),
    findHpa: (key) => call('findHpa', key),
    hpasOfCluster: (cluster) => call('hpasOfCluster', cluster),
    async listHpas(filter) {
      const { items, latest, next, total } = await call('listHpas', filter);
      const rows = items.map((hpa, i) => ({ ...hpa, latest: firstOf(latest[i]) }));
      return { items: rows, next, total };
    },
    patchHpa: (id, patch) => call('patchHpa', id, patch),
    removeHpa: (id, how) => call('removeHpa', id, how),
    saveDiscovered: (cluster, seen) => call('saveDiscovered', cluster, seen),
    countByCluster: () => call('countByCluster'),
    saveBaseline: (updates) => call('saveBaseline', updates),
    dueBackfills: (cluster, at) => call('dueBackfills', cluster, at),
    writeSamples: (batch) => call('writeSamples', packBatch(batch)),
    readSeries: async (hpaId, query) => unpackSamples(await call('readSeries', hpaId, query)),
    async readSeriesOf(hpaIds, query) {
      const series = await call('readSeriesOf', hpaIds, query);
      return new Map(series.map((rows, i) => [hpaIds[i] ?? NaN, unpackSamples(rows)]));
    },
    countPoints: (hpaId, window) => call('countPoints', hpaId, window),
    changesOf: (hpaId, range) => call('changesOf', hpaId, range),
    rolloutsOf: (cluster, range) => call('rolloutsOf', cluster, range),
    openGaps: (cluster) => call('openGaps', cluster),
    saveAnomalies: (batch) => call('saveAnomalies', batch),
    openAnomalies: (cluster) => call('openAnomalies', cluster),
    findAnomaly: (id) => call('findAnomaly', id),
    listAnomalies: (filter) => call('listAnomalies', filter),
    anomalyChanges: (filter, since) => call('anomalyChanges', filter, since),
    patchAnomaly: (id, patch) => call('patchAnomaly', id, patch),
    anomalyCounts: () => call('anomalyCounts'),
    saveDetectorState: (updates) => call('saveDetectorState', updates),
    detectorStates: (cluster) => call('detectorStates', cluster),
    addExclusion: (hpaId, from, to) => call('addExclusion', hpaId, from, to),
    exclusionsOf: (hpaId) => call('exclusionsOf', hpaId),
    acceptNewNormal: (hpaId, since) => call('acceptNewNormal', hpaId, since),
    enqueueNotifications: (drafts) => call('enqueueNotifications', drafts),
    dueNotifications: (receiver, at, limit) => call('dueNotifications', receiver, at, limit),
    settleNotification: (id, outcome) => call('settleNotification', id, outcome),
    // One agent has the database for itself.
    releaseNotifications: () => Promise.resolve(),
    notificationMarks: (cluster, since) => call('notificationMarks', cluster, since),
    activeNotifications: (receiver) => call('activeNotifications', receiver),
    keepReceivers: (names) => call('keepReceivers', names),
    counts: () => call('counts'),
    retain: (policy, at, maxMs) => call('retain', policy, at, maxMs),
    check: () => call('check'),
    close,
  };
}

const firstOf = (rows: Float64Array | undefined): Sample | null => (rows && unpackSamples(rows)[0]) ?? null;

function packBatch({ samples, ...rest }: SampleBatch): PackedBatch {
  const hpaIds = new Float64Array(samples.length);
  const counts = new Float64Array(samples.length);
  const total = samples.reduce((sum, { samples: list }) => sum + list.length, 0);
  const rows = new Float64Array(total * WIDTH);
  let row = 0;
  samples.forEach(({ hpaId, samples: list }, i) => {
    hpaIds[i] = hpaId;
    counts[i] = list.length;
    for (const sample of list) packSample(rows, row++, sample);
  });
  return { ...rest, hpaIds, counts, rows };
}
