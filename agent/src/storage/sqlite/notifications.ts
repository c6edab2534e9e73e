import type { Database } from 'better-sqlite3';
import type { NotificationDraft, NotificationOutcome } from '../../domain/notification.ts';
import {
  FIRING_SUBJECTS,
  isNews,
  toMark,
  toQueued,
  type MarkRecord,
  type QueueRecord,
} from '../notification-record.ts';

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
