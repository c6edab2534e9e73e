import { AgentError } from '../../core/errors.ts';
import type { NotificationDraft, NotificationMark } from '../../domain/notification.ts';
import { FIRING_SUBJECTS, isNews, toMark, type MarkRecord } from '../notification-record.ts';
import type { Sql } from './sql.ts';

type Known = Pick<MarkRecord, 'event' | 'severity' | 'decided_at' | 'told_at'>;
type Told = Known & { draft: NotificationDraft; isNew: boolean };

const keyOf = (receiver: string, subject: string): string => `${receiver}\n${subject}`;
const keyOfDraft = ({ receiver, message }: NotificationDraft): string => keyOf(receiver, message.subject);

/** Queues what is news, in the order given, within a transaction. @returns how many are new in the queue */
export async function enqueue(sql: Sql, drafts: readonly NotificationDraft[]): Promise<number> {
  if (drafts.length === 0) return 0;
  const known = await lockMarks(sql, drafts);
  const told = new Map<string, Told>();
  const queued: NotificationDraft[] = [];
  for (const draft of drafts) {
    const key = keyOfDraft(draft);
    const before = told.get(key) ?? known.get(key);
    if (!isNews(draft, before)) continue;
    const { event, severity } = draft.message;
    const toldAt = event === 'firing' ? draft.decidedAt : (before?.told_at ?? draft.decidedAt);
    const isNew = !known.has(key);
    told.set(key, { event, severity, decided_at: draft.decidedAt, told_at: toldAt, draft, isNew });
    if (draft.deliver) queued.push(draft);
  }
  const all = [...told.values()];
  await insertMarks(
    sql,
    all.filter(({ isNew }) => isNew),
  );
  await updateMarks(
    sql,
    all.filter(({ isNew }) => !isNew),
  );
  await push(sql, queued);
  return queued.length;
}

/** What the receivers know of these subjects; nobody else changes it until the end of the transaction. */
async function lockMarks(sql: Sql, drafts: readonly NotificationDraft[]): Promise<Map<string, Known>> {
  const wanted = [...new Map(drafts.map((draft) => [keyOfDraft(draft), draft])).values()];
  const rows = await sql.rows<Known & { receiver: string; subject: string }>(
    `SELECT m.receiver, m.subject, m.event, m.severity, m.decided_at, m.told_at FROM notification_mark m
     JOIN unnest($1::text[], $2::text[]) AS w (receiver, subject) ON m.receiver = w.receiver AND m.subject = w.subject
     ORDER BY m.receiver, m.subject FOR UPDATE OF m`,
    [wanted.map(({ receiver }) => receiver), wanted.map(({ message }) => message.subject)],
  );
  return new Map(rows.map((row) => [keyOf(row.receiver, row.subject), row]));
}

const columnsOf = (all: readonly Told[]) => [
  all.map(({ draft }) => draft.receiver),
  all.map(({ draft }) => draft.message.subject),
  all.map(({ draft }) => draft.message.cluster),
  all.map(({ draft }) => draft.topic),
  all.map(({ event }) => event),
  all.map(({ severity }) => severity),
  all.map((told) => told.decided_at),
  all.map((told) => told.told_at),
  all.map(({ draft }) => JSON.stringify(draft.message)),
];
const ROWS = `unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[])
  AS w (receiver, subject, cluster, topic, event, severity, decided_at, told_at, message)`;

async function insertMarks(sql: Sql, all: readonly Told[]): Promise<void> {
  if (all.length === 0) return;
  const written = await sql.run(
    `INSERT INTO notification_mark (receiver, subject, cluster, topic, event, severity, decided_at, told_at, given_up, message)
     SELECT w.receiver, w.subject, w.cluster, w.topic, w.event, w.severity, w.decided_at, w.told_at, 0, w.message
     FROM ${ROWS} ORDER BY w.receiver, w.subject ON CONFLICT (receiver, subject) DO NOTHING`,
    columnsOf(all),
  );
  if (written === all.length) return;
  throw new AgentError('storage/busy', 'Another agent has told the same at the same time.', {
    retryable: true,
    // The transaction is done again, and then sees what the other one has told.
    cause: Object.assign(new Error('a mark was made meanwhile'), { code: '40001' }),
  });
}

/** The cluster of a subject stays. */
async function updateMarks(sql: Sql, all: readonly Told[]): Promise<void> {
  if (all.length === 0) return;
  await sql.run(
    `UPDATE notification_mark m SET topic = w.topic, event = w.event, severity = w.severity, decided_at = w.decided_at,
       told_at = w.told_at, given_up = 0, message = w.message
     FROM ${ROWS} WHERE m.receiver = w.receiver AND m.subject = w.subject`,
    columnsOf(all),
  );
}

async function push(sql: Sql, drafts: readonly NotificationDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  await sql.run(
    `INSERT INTO notification (receiver, subject, created_at, attempts, next_attempt_at, message)
     SELECT w.receiver, w.subject, w.at, 0, w.at, w.message
     FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) WITH ORDINALITY AS w (receiver, subject, at, message, nth)
     ORDER BY w.nth`,
    [
      drafts.map(({ receiver }) => receiver),
      drafts.map(({ message }) => message.subject),
      drafts.map(({ decidedAt }) => decidedAt),
      drafts.map(({ message }) => JSON.stringify(message)),
    ],
  );
}

const marksOf = (records: readonly MarkRecord[]): NotificationMark[] =>
  records.flatMap((record) => toMark(record) ?? []);

export const notificationMarks = async (sql: Sql, cluster: string, since: number): Promise<NotificationMark[]> =>
  marksOf(
    await sql.rows<MarkRecord>(
      `SELECT * FROM notification_mark WHERE cluster = $1 AND (event = 'firing' OR told_at >= $2) ORDER BY receiver, subject`,
      [cluster, since],
    ),
  );

export const activeNotifications = async (sql: Sql, receiver: string): Promise<NotificationMark[]> =>
  marksOf(
    await sql.rows<MarkRecord>(
      `SELECT m.* FROM notification_mark m WHERE m.receiver = $1 AND m.event = 'firing' AND m.given_up = 0
         AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.receiver = m.receiver AND n.subject = m.subject)
         AND m.subject IN (${FIRING_SUBJECTS}) ORDER BY m.subject`,
      [receiver],
    ),
  );

/** Deletes at most `limit` marks that nobody needs any more; answers how many. */
export const expireMarks = (sql: Sql, before: number, limit: number): Promise<number> =>
  sql.run(
    `DELETE FROM notification_mark WHERE (receiver, subject) IN (SELECT m.receiver, m.subject FROM notification_mark m
       WHERE m.decided_at < $1 AND (m.event = 'resolved' OR m.subject NOT IN (${FIRING_SUBJECTS}))
       AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.receiver = m.receiver AND n.subject = m.subject) LIMIT $2)`,
    [before, limit],
  );
