import type { HpaStateFilter } from '../contract/hpas.ts';
import type { BaselineStatus } from '../domain/baseline.ts';
import type { HpaChange, RevisionsSeen, Rollout } from '../domain/change.ts';
import type { HpaKey, MetricTarget, ScaleTarget } from '../domain/hpa.ts';
import type { Column, Sample } from '../domain/sample.ts';
import type { Window } from '../domain/window.ts';
import type { AnomalyStore } from './anomaly-store.ts';

/**
 * What the agent keeps. Everything is asynchronous and speaks in batches, so that a server database can stand behind it.
 * Times are epoch ms, UTC. Every method rejects with AgentError `storage/*`; nothing is half written (one transaction a call).
 */
export type Store = SampleStore & AnomalyStore;

/** Clusters, HPAs, their samples and the house-keeping. */
export type SampleStore = {
  // ---- clusters added at run time, and the places of all
  listClusters(): Promise<StoredCluster[]>;
  saveCluster(cluster: StoredCluster): Promise<void>;
  removeCluster(name: string): Promise<void>;

  // ---- enrolled HPAs
  /** Adds what is not enrolled yet; an HPA that was stopped is enrolled again with its history. Answers in the order asked. */
  enrol(keys: HpaKey[], now: number): Promise<{ hpa: StoredHpa; created: boolean }[]>;
  findHpa(key: HpaKey): Promise<StoredHpa | null>;
  /** Enrolled HPAs of a cluster (paused ones too, stopped ones not). */
  hpasOfCluster(cluster: string): Promise<StoredHpa[]>;
  /** Enrolled HPAs ordered by (cluster, namespace, hpa), with their latest sample. */
  listHpas(filter: HpaFilter): Promise<{ items: HpaRow[]; next: string | null; total: number }>;
  patchHpa(id: number, patch: HpaPatch): Promise<StoredHpa>;
  /** Stop watching. History stays unless `purge`; open anomalies end where they were last seen. */
  removeHpa(id: number, options: { purge: boolean }): Promise<void>;
  /** Sets what a scan or discovery learned; keys that are not enrolled are ignored. */
  saveDiscovered(cluster: string, seen: DiscoveredFact[]): Promise<void>;
  /** Clusters with enrolled HPAs, and how many. */
  countByCluster(): Promise<{ cluster: string; hpas: number; ready: number }[]>;

  // ---- baseline collection
  saveBaseline(updates: { hpaId: number; status: BaselineStatus }[]): Promise<void>;
  /** HPAs whose collection is due: queued or running (interrupted), or partial/failed with nextAttemptAt <= now. */
  dueBackfills(cluster: string, now: number): Promise<StoredHpa[]>;

  // ---- samples
  /**
   * Writes samples, moves cursors and closes gaps in one transaction. For each (hpa, ts): a known value is never erased by
   * null; `is_baseline` once set stays set. Order of batches and of windows does not matter (older windows may come later).
   */
  writeSamples(batch: SampleBatch): Promise<{ rows: number }>;
  /** Samples of one HPA, ascending. `step` picks, per step interval, the last sample in it. */
  readSeries(hpaId: number, query: SeriesQuery): Promise<Sample[]>;
  /** Samples of several HPAs at once (sparklines, detection), ascending per HPA. */
  readSeriesOf(hpaIds: number[], query: SeriesQuery): Promise<Map<number, Sample[]>>;
  /** Instants with a value, per column, for rows inside the window that lie on its step. */
  countPoints(hpaId: number, window: Window): Promise<Record<Column, number>>;
  /** What was done to an HPA or its target from `from` to `to`, both included, ascending. */
  changesOf(hpaId: number, range: { from: number; to: number }): Promise<HpaChange[]>;
  /** Rollouts of the targets of a cluster's enrolled HPAs from `from` to `to`, both included, ascending. */
  rolloutsOf(cluster: string, range: { from: number; to: number }): Promise<HpaRollout[]>;
  /** Open gaps of a cluster, newest first. */
  openGaps(cluster: string): Promise<Gap[]>;

  // ---- house-keeping
  /** Estimates are allowed above a million rows. */
  counts(): Promise<DatabaseCounts>;
  /** One small batch of retention; `done: false` means call again. Never holds the writer longer than `maxMs`. */
  retain(policy: RetentionPolicy, now: number, maxMs: number): Promise<RetentionStep>;
  /** SQLite's quick_check: [] means whole. */
  check(): Promise<string[]>;
  close(): Promise<void>;
};

export type StoredCluster = {
  name: string;
  /** null: from the settings file; kept only for its lane and place */
  definition: { context: string } | { prometheusUrl: string } | null;
  /** It was added at run time, but how it is reached cannot be read any more. */
  isUnreadable?: true;
  lane: number | null;
  place: number | null;
  createdAt: number;
};

export type StoredHpa = HpaKey & {
  id: number;
  /** false while paused by a person. */
  active: boolean;
  enrolledAt: number;
  timezone: string | null;
  mutedUntil: number | null;
  /** What is seen from here on was accepted as the new normal by a person; null or absent: never. */
  normalSince?: number | null;
  target: ScaleTarget | null;
  metrics: MetricTarget[];
  /** Last instant at which kube-state-metrics showed this HPA. */
  seenAt: number | null;
  /** Since when it is absent although kube-state-metrics answers; null: not gone. */
  goneSince: number | null;
  /** Wall-clock time of the last scan that had an answer for this HPA's cluster. */
  lastScanAt: number | null;
  /** All whole minutes up to here were asked for, but for the open gaps. null: never scanned. */
  scannedUntil: number | null;
  baseline: BaselineStatus;
};

export type HpaRow = StoredHpa & { latest: Sample | null };

export type HpaFilter = {
  cluster?: string;
  namespace?: string;
  /** Part of `namespace/hpa`, any case. */
  q?: string;
  state?: HpaStateFilter;
  limit: number;
  /** `next` of the page before. An invalid one rejects with `request/invalid`. */
  cursor?: string;
};

export type HpaPatch = Partial<Pick<StoredHpa, 'active' | 'timezone' | 'mutedUntil'>>;

export type DiscoveredFact = {
  namespace: string;
  hpa: string;
  target?: ScaleTarget | null;
  metrics?: MetricTarget[];
  seenAt?: number | null;
  goneSince?: number | null;
};

export type SampleBatch = {
  /** Wall-clock time of the write: `created_at` and `last_scan`. */
  now: number;
  samples: { hpaId: number; samples: Sample[] }[];
  /** Rows of a backfill; only these set `is_baseline`. */
  isBaseline: boolean;
  /** Revisions of scale targets; like samples they may come in any order of windows. */
  revisions?: HpaRevisions[];
  /** Moves `scannedUntil` forward, never back, and sets `lastScanAt = now`. */
  cursors?: { hpaId: number; scannedUntil: number }[];
  /** Minutes that are known to be missing and still have to be asked for. */
  openGaps?: { hpaId: number; from: number; to: number }[];
  /** Removes these minutes from the open gaps (a gap may shrink or split). */
  closeGaps?: { hpaId: number; from: number; to: number }[];
};

export type HpaRevisions = { hpaId: number; seen: RevisionsSeen[] };
export type HpaRollout = { hpaId: number; at: number } & Omit<Rollout, 'from'>;

/** Whole minutes `from`..`to`, both included, still to be collected. */
export type Gap = { hpaId: number; from: number; to: number };

export type SeriesQuery = { from: number; to: number; stepMs?: number; limit?: number };

export type DatabaseCounts = {
  total: number;
  baseline: number;
  monitoring: number;
  bytes: number;
  oldest: number | null;
  exact: boolean;
};

export type RetentionPolicy = { minutesMs: number; totalMs: number };
export type RetentionStep = { done: boolean; deleted: number; freedPages: number; heldMs: number };
