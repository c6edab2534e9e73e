import { SEVERITIES, type Severity } from '../domain/anomaly.ts';
import type {
  NotificationDraft,
  NotificationMark,
  NotificationMessage,
  QueuedNotification,
} from '../domain/notification.ts';
import { messageOf } from './stored-json.ts';

export type MarkRecord = {
  receiver: string;
  topic: string;
  event: NotificationMessage['event'];
  severity: Severity;
  decided_at: number;
  told_at: number;
  given_up: number;
  message: string;
};
export type QueueRecord = { id: number; receiver: string; created_at: number; attempts: number; message: string };

// `<> 'resolved'` as in the index of open anomalies.
const FIRING = "FROM anomaly WHERE state <> 'resolved' AND state = 'firing'";
/** Whatever an anomaly that fires now is, or was, told under. */
export const FIRING_SUBJECTS = `SELECT id ${FIRING} UNION SELECT parent_id ${FIRING} AND parent_id IS NOT NULL
  UNION SELECT cluster_event_id ${FIRING} AND cluster_event_id IS NOT NULL`;

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** Whether a draft says something that the receiver has not been told of this subject, or is about to be. */
export function isNews(
  { decidedAt, message }: Pick<NotificationDraft, 'decidedAt' | 'message'>,
  before: Pick<MarkRecord, 'event' | 'severity' | 'decided_at'> | undefined,
): boolean {
  if (before === undefined) return message.event === 'firing';
  if (message.event === 'resolved') return before.event === 'firing';
  // After its end only what was decided after it counts: an older plan may not open it again.
  if (before.event === 'resolved') return decidedAt > before.decided_at;
  return rank(message.severity) > rank(before.severity);
}

/** null: what it says cannot be read, so nobody knows what was told; it is told again. */
export function toMark(r: MarkRecord): NotificationMark | null {
  const message = messageOf(r.message);
  if (message === null) return null;
  return {
    receiver: r.receiver,
    topic: r.topic,
    decidedAt: r.decided_at,
    toldAt: r.told_at,
    givenUp: r.given_up === 1,
    message,
  };
}

export function toQueued(r: QueueRecord): QueuedNotification | null {
  const message = messageOf(r.message);
  if (message === null) return null;
  return { id: r.id, receiver: r.receiver, createdAt: r.created_at, attempts: r.attempts, message };
}
