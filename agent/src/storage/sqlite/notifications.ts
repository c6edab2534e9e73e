import type { Database } from 'better-sqlite3';
import { SEVERITIES, type Severity } from '../../domain/anomaly.ts';
import { messageOf } from '../stored-json.ts';
import type {
  NotificationDraft,
  NotificationMark,
  NotificationMessage,
  NotificationOutcome,
  QueuedNotification,
} from '../../domain/notification.ts';

type MarkRecord = {
  receiver: string;
  topic: string;
  event: NotificationMessage['event'];
  severity: Severity;
  decided_at: number;
  told_at: number;
  given_up: number;
  message: string;
};
type QueueRecord = { id: number; receiver: string; created_at: number; attempts: number; message: string };

// `<> 'resolved'` as in the index of open anomalies.
const FIRING = "FROM anomaly WHERE state <> 'resolved' AND state = 'firing'";
/** Whatever an anomaly that fires now is, or was, told under. */
const FIRING_SUBJECTS = `SELECT id ${FIRING} UNION SELECT parent_id ${FIRING} AND parent_id IS NOT NULL
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

/** The queue of messages and what each receiver knows. What writes must run inside a transaction. */
export function notificationStatements(db: Database) {
  const markOf = db.prepare<[string, string], MarkRecord>(
    'SELECT * FROM notification_mark WHERE receiver = ? AND subject = ?',
  );
  const saveMark = db.prepare<unknown[]>(
    `INSERT INTO notification_mark (receiver, subject, cluster, topic, event, severity, decided_at, told_at, given_up, message)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
     ON CONFLICT (receiver, subject) DO UPDATE SET topic = excluded.topic, event = excluded.event,
       severity = excluded.severity, decided_at = excluded.decided_at, told_at = excluded.told_at, given_up = 0,
       message = excluded.message`,
  );
  const push = db.prepare<[string, string, number, number, string]>(
    `INSERT INTO notification (receiver, subject, created_at, attempts, next_attempt_at, message) VALUES (?, ?, ?, 0, ?, ?)`,
  );
  // What is no JSON any more can never be sent, and must hold up nothing.
  // Only the first of each subject may go: an end never overtakes its beginning.
  const first = `NOT EXISTS (SELECT 1 FROM notification e
    WHERE e.receiver = n.receiver AND e.subject = n.subject AND e.id < n.id AND json_valid(e.message))`;
  const due = db.prepare<[string, number, number], QueueRecord>(
    `SELECT n.* FROM notification n WHERE n.receiver = ? AND n.next_attempt_at <= ? AND json_valid(n.message) AND ${first} ORDER BY n.id LIMIT ?`,
  );
  const next = db
    .prepare<[string, number], number | null>(
      `SELECT MIN(n.next_attempt_at) FROM notification n WHERE n.receiver = ? AND n.next_attempt_at > ? AND json_valid(n.message) AND ${first}`,
    )
    .pluck();
  const byId = db.prepare<[number], { receiver: string; subject: string }>('SELECT * FROM notification WHERE id = ?');
  const pop = db.prepare<[number]>('DELETE FROM notification WHERE id = ?');
  const retry = db.prepare<[number, string, number]>(
    'UPDATE notification SET attempts = attempts + 1, next_attempt_at = ?, last_error = ? WHERE id = ?',
  );
  const giveUp = db.prepare<[string, string]>(
    'UPDATE notification_mark SET given_up = 1 WHERE receiver = ? AND subject = ?',
  );
  const marks = db.prepare<[string, number], MarkRecord>(
    `SELECT * FROM notification_mark WHERE cluster = ? AND (event = 'firing' OR told_at >= ?) ORDER BY receiver, subject`,
  );
  const active = db.prepare<[string], MarkRecord>(
    `SELECT m.* FROM notification_mark m WHERE m.receiver = ? AND m.event = 'firing' AND m.given_up = 0
       AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.receiver = m.receiver AND n.subject = m.subject)
       AND m.subject IN (${FIRING_SUBJECTS}) ORDER BY m.subject`,
  );
  const receivers = db
    .prepare<[], string>('SELECT receiver FROM notification_mark UNION SELECT receiver FROM notification')
    .pluck();
  const dropQueue = db.prepare<[string]>('DELETE FROM notification WHERE receiver = ?');
  const dropMarks = db.prepare<[string]>('DELETE FROM notification_mark WHERE receiver = ?');
  const expire = db.prepare<[number, number]>(
    `DELETE FROM notification_mark WHERE (receiver, subject) IN (SELECT m.receiver, m.subject FROM notification_mark m
       WHERE m.decided_at < ? AND (m.event = 'resolved' OR m.subject NOT IN (${FIRING_SUBJECTS}))
       AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.receiver = m.receiver AND n.subject = m.subject) LIMIT ?)`,
  );

  const enqueueOne = ({ receiver, topic, decidedAt, deliver, message }: NotificationDraft): boolean => {
    const before = markOf.get(receiver, message.subject);
    if (!isNews({ decidedAt, message }, before)) return false;
    const { subject, cluster, event, severity } = message;
    const toldAt = event === 'firing' ? decidedAt : (before?.told_at ?? decidedAt);
    const text = JSON.stringify(message);
    saveMark.run(receiver, subject, cluster, topic, event, severity, decidedAt, toldAt, text);
    if (deliver) push.run(receiver, subject, decidedAt, decidedAt, text);
    return deliver;
  };

  return {
    enqueue: (drafts: readonly NotificationDraft[]): number => drafts.filter(enqueueOne).length,
    dueNotifications: (receiver: string, now: number, limit: number) => ({
      items: due.all(receiver, now, limit).flatMap((record) => toQueued(record) ?? []),
      nextAt: next.get(receiver, now) ?? null,
    }),
    settleNotification(id: number, outcome: NotificationOutcome): void {
      const found = byId.get(id);
      if (!found) return;
      if (outcome.kind === 'retry') return void retry.run(outcome.nextAttemptAt, outcome.error, id);
      pop.run(id);
      if (outcome.kind === 'given_up') giveUp.run(found.receiver, found.subject);
    },
    notificationMarks: (cluster: string, since: number) =>
      marks.all(cluster, since).flatMap((record) => toMark(record) ?? []),
    activeNotifications: (receiver: string) => active.all(receiver).flatMap((record) => toMark(record) ?? []),
    keepReceivers(names: readonly string[]): number {
      const gone = receivers.all().filter((receiver) => !names.includes(receiver));
      gone.forEach((receiver) => dropMarks.run(receiver));
      return gone.reduce((dropped, receiver) => dropped + dropQueue.run(receiver).changes, 0);
    },
    /** Deletes at most `limit` marks that nobody needs any more; answers how many. */
    expireMarks: (before: number, limit: number): number => expire.run(before, limit).changes,
  };
}

/** null: what it says cannot be read, so nobody knows what was told; it is told again. */
function toMark(r: MarkRecord): NotificationMark | null {
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

function toQueued(r: QueueRecord): QueuedNotification | null {
  const message = messageOf(r.message);
  if (message === null) return null;
  return { id: r.id, receiver: r.receiver, createdAt: r.created_at, attempts: r.attempts, message };
}
