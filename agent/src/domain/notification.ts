import type { AnomalyKind, Band, ProfiledMetric, Severity } from './anomaly.ts';

/** `firing`: began or became worse; `resolved`: is over. */
export type NotificationEvent = 'firing' | 'resolved';

export type RelatedAnomaly = {
  namespace: string;
  hpa: string;
  kind: AnomalyKind;
  severity: Severity;
  sentence: string;
};

/** What a receiver is told, complete in itself: it is sent as it stands, also after a restart. Times are epoch ms. */
export type NotificationMessage = {
  /** What it is about: the id of an anomaly, or of an event of many HPAs of a cluster. */
  subject: string;
  event: NotificationEvent;
  severity: Severity;
  /** The severity told before, where this one says that it became worse. */
  replaces: Severity | null;
  cluster: string;
  /** null: many HPAs of the cluster. */
  namespace: string | null;
  hpa: string | null;
  /** Stays as first told, so that every receiver knows the same alert again; null: many HPAs. */
  kind: AnomalyKind | null;
  title: string;
  sentence: string;
  advice: string | null;
  metric: ProfiledMetric | null;
  direction: 'over' | 'under' | null;
  observed: number | null;
  band: Band | null;
  score: number;
  startedAt: number;
  firedAt: number;
  endedAt: number | null;
  promql: string;
  /** The others of the group, strongest first, at most 20 of `relatedTotal`. */
  related: RelatedAnomaly[];
  relatedTotal: number;
};

/** One message to one receiver, decided but not queued yet. */
export type NotificationDraft = {
  /** Name of the receiver in the settings. */
  receiver: string;
  /** What the cooldown is about: an HPA and a kind, or the whole cluster. */
  topic: string;
  /** Wall-clock time of the decision. */
  decidedAt: number;
  /** false: only noted; the receiver does not want to hear it. */
  deliver: boolean;
  message: NotificationMessage;
};

export type QueuedNotification = {
  id: number;
  receiver: string;
  createdAt: number;
  /** Failed attempts so far. */
  attempts: number;
  message: NotificationMessage;
};

/** The last thing a receiver was told (or is about to be told) of a subject. */
export type NotificationMark = {
  receiver: string;
  topic: string;
  /** When that was decided, and when it was last decided to say that it fires; wall-clock, epoch ms. */
  decidedAt: number;
  toldAt: number;
  /** The receiver refused it for good. */
  givenUp: boolean;
  message: NotificationMessage;
};

export type NotificationOutcome =
  { kind: 'sent' } | { kind: 'retry'; nextAttemptAt: number; error: string } | { kind: 'given_up'; error: string };
