import type { Anomaly, AnomalyKind, AnomalyState, Severity } from '../domain/anomaly.ts';
import type {
  NotificationDraft,
  NotificationMark,
  NotificationOutcome,
  QueuedNotification,
} from '../domain/notification.ts';

/** The part of Store about what departs from the usual, what is known of each HPA for it, and who was told. */
export type AnomalyStore = {
  // ---- anomalies
  /**
   * Writes anomalies, what has to be told of them and what the judges remember, in one transaction: a crash neither loses nor doubles any.
   * By id; `resolved` stays (a late write of an earlier open state is ignored) until a later sample opens it again, and one that ends without ever having fired is
   * removed. `acknowledgedAt` and `excluded` count for a new one only; later they belong to `patchAnomaly`. Anomalies of an
   * HPA that is no longer enrolled are ignored. A second open one of the same (hpa, kind) rejects the whole batch.
   * @returns how many notifications are new in the queue
   */
  saveAnomalies(batch: AnomalyBatch): Promise<{ queued: number }>;
  /** Pending and firing ones of enrolled HPAs, oldest first. */
  openAnomalies(cluster?: string): Promise<Anomaly[]>;
  /** By id; null: not known (any more). */
  findAnomaly(id: string): Promise<Anomaly | null>;
  /** Newest start first. */
  listAnomalies(filter: AnomalyFilter): Promise<{ items: Anomaly[]; next: string | null; total: number }>;
  /**
   * What was written since a revision (an opaque text of an earlier answer, null: none), whatever `limit` and `cursor` say.
   * `changed` null: nobody can tell, or there is too much of it; read the list.
   */
  anomalyChanges(filter: AnomalyFilter, since: string | null): Promise<AnomalyChanges>;
  /** null: not known. While `excluded`, its minutes, first to last, are among `exclusionsOf`. */
  patchAnomaly(id: string, patch: AnomalyPatch): Promise<Anomaly | null>;
  /** Firing ones by cluster and severity. */
  anomalyCounts(): Promise<AnomalyCount[]>;

  // ---- what is known of each HPA
  /** `profile` undefined leaves the stored one as it is. HPAs that are gone are ignored. */
  saveDetectorState(updates: DetectorStateUpdate[]): Promise<void>;
  /** Of the enrolled HPAs of a cluster. */
  detectorStates(cluster: string): Promise<DetectorState[]>;
  /** Leaves these minutes, both ends included, out of the baseline; overlapping ones are joined. */
  addExclusion(hpaId: number, from: number, to: number): Promise<void>;
  /** Those added and those of excluded anomalies, joined, ascending. */
  exclusionsOf(hpaId: number): Promise<Exclusion[]>;
  /** What is seen from `since` on is the new normal; null takes it back. @throws AgentError `hpa/not-enrolled` */
  acceptNewNormal(hpaId: number, since: number | null): Promise<void>;

  // ---- notifications
  /** Like the notifications of `saveAnomalies`; one that says nothing new to its receiver is not queued. */
  enqueueNotifications(drafts: NotificationDraft[]): Promise<{ queued: number }>;
  /**
   * What a receiver is to be told now, oldest first, at most one a subject (what is said of a subject keeps its order);
   * `nextAt`: when the next of the others falls due. Where several agents share a database the one that asks holds what it is given: no other
   * is given it before it is settled, released, or `holdMs` have passed.
   */
  dueNotifications(
    receiver: string,
    now: number,
    limit: number,
    holdMs?: number,
  ): Promise<{ items: QueuedNotification[]; nextAt: number | null }>;
  settleNotification(id: number, outcome: NotificationOutcome): Promise<void>;
  /** This agent sends nothing more to a receiver: others may have what it holds. */
  releaseNotifications(receiver: string): Promise<void>;
  /** What the receivers know of a cluster: all that fires for them, and what was told since `since`. */
  notificationMarks(cluster: string, since: number): Promise<NotificationMark[]>;
  /** What fires for a receiver, delivered, with at least one anomaly that is still firing. */
  activeNotifications(receiver: string): Promise<NotificationMark[]>;
  /** Forgets everything about receivers that are not among `names`, nor among those of another agent; answers how many messages were dropped unsent. */
  keepReceivers(names: string[]): Promise<{ dropped: number }>;
};

export type AnomalyBatch = {
  anomalies: Anomaly[];
  notifications?: NotificationDraft[];
  /** As of `saveDetectorState`. */
  states?: DetectorStateUpdate[];
};

/** A list means any of it. */
export type AnomalyFilter = {
  state?: AnomalyState | readonly AnomalyState[];
  severity?: Severity | readonly Severity[];
  kind?: AnomalyKind | readonly AnomalyKind[];
  cluster?: string;
  namespace?: string;
  hpa?: string;
  /** Those that were open at some time from `from` to `to`, both included. */
  from?: number;
  to?: number;
  limit: number;
  /** `next` of the page before. An invalid one rejects with `request/invalid`. */
  cursor?: string;
};

/** `removed`: ids of those that changed and do not match the filter (any more). `total`: how many match now. */
export type AnomalyChanges = {
  revision: string;
  changed: { items: Anomaly[]; removed: string[]; total: number } | null;
};

export type AnomalyPatch = Partial<Pick<Anomaly, 'acknowledgedAt' | 'excluded'>>;
export type AnomalyCount = { cluster: string; severity: Severity; count: number };

export type DetectorStateUpdate = { hpaId: number; state: string; profile?: string | null; updatedAt: number };
export type DetectorState = { hpaId: number; state: string; profile: string | null; updatedAt: number };
export type Exclusion = { from: number; to: number };
