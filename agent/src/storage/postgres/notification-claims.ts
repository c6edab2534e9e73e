import { DAY, MINUTE } from '../../core/clock.ts';
import type { NotificationOutcome, QueuedNotification } from '../../domain/notification.ts';
import { toQueued, type QueueRecord } from '../notification-record.ts';
import { NOW_MS } from './ownership-state.ts';
import type { Sql } from './sql.ts';

/** Only the first of each subject may go: an end never overtakes its beginning. */
const FIRST = `NOT EXISTS (SELECT 1 FROM notification e
  WHERE e.receiver = n.receiver AND e.subject = n.subject AND e.id < n.id)`;
/** Another agent is sending it ($3: this agent); by the clock of the database, which is the same for all. */
const HELD = `(n.claimed_by IS NOT NULL AND n.claimed_by <> $3 AND n.claimed_until > ${NOW_MS})`;
const LATEST = Number.MAX_SAFE_INTEGER;

export type Due = { receiver: string; now: number; limit: number; holdMs: number };

/**
 * Claims what is due for one agent, within a transaction. Of two agents at once one writes its name; the other waits for that row and then sees that it is
 * held: plain UPDATE does that in every database that speaks like PostgreSQL.
 */
export async function claimDue(
  sql: Sql,
  holder: string,
  due: Due,
): Promise<{ items: QueuedNotification[]; nextAt: number | null }> {
  const { receiver, limit, holdMs } = due;
  const now = Math.floor(Math.min(due.now, LATEST));
  const records = await sql.rows<QueueRecord>(
    `UPDATE notification n SET claimed_by = $3, claimed_until = ${NOW_MS} + $5::bigint
     WHERE n.id IN (SELECT n.id FROM notification n
                    WHERE n.receiver = $1 AND n.next_attempt_at <= $2 AND NOT ${HELD} AND ${FIRST} ORDER BY n.id LIMIT $4)
       AND n.next_attempt_at <= $2 AND NOT ${HELD}
     RETURNING n.id, n.receiver, n.created_at, n.attempts, n.message`,
    [receiver, now, holder, limit, Math.floor(holdMs)],
  );
  const unreadable: number[] = [];
  const items: QueuedNotification[] = [];
  for (const record of records.sort((a, b) => a.id - b.id)) {
    const item = toQueued(record);
    if (item === null) unreadable.push(record.id);
    else items.push(item);
  }
  if (unreadable.length > 0) await putOff(sql, unreadable, now);
  return { items, nextAt: await nextDue(sql, holder, receiver, now) };
}

/** A newer agent may have written it and be able to send it; what nobody has been able to for a day holds up its subject no longer. */
async function putOff(sql: Sql, ids: readonly number[], now: number): Promise<void> {
  await sql.run('DELETE FROM notification WHERE id = ANY($1::bigint[]) AND created_at < $2', [ids, now - DAY]);
  await sql.run(
    `UPDATE notification SET next_attempt_at = $2, claimed_by = NULL, claimed_until = NULL WHERE id = ANY($1::bigint[])`,
    [ids, Math.min(now + MINUTE, LATEST)],
  );
}

/** When the next one falls due, or comes free because the agent that holds it is gone. */
async function nextDue(sql: Sql, holder: string, receiver: string, now: number): Promise<number | null> {
  const next = await sql.first<{ at: number | null }>(
    `SELECT MIN(GREATEST(n.next_attempt_at, CASE WHEN ${HELD} THEN $2 + n.claimed_until - ${NOW_MS} ELSE 0 END)) AS at
     FROM notification n WHERE n.receiver = $1 AND (n.next_attempt_at > $2 OR ${HELD}) AND ${FIRST}`,
    [receiver, now, holder],
  );
  return next?.at ?? null;
}

/** What was sent is gone, whoever holds it by now; that it could not be sent counts only from the one that holds it. */
export async function settle(sql: Sql, holder: string, id: number, outcome: NotificationOutcome): Promise<void> {
  const isOurs = '(claimed_by IS NULL OR claimed_by = $2)';
  if (outcome.kind === 'sent') return void (await sql.run('DELETE FROM notification WHERE id = $1', [id]));
  if (outcome.kind === 'retry')
    return void (await sql.run(
      `UPDATE notification SET attempts = attempts + 1, next_attempt_at = $3, last_error = $4, claimed_by = NULL, claimed_until = NULL
       WHERE id = $1 AND ${isOurs}`,
      [id, holder, Math.floor(outcome.nextAttemptAt), outcome.error],
    ));
  const gone = await sql.first<{ receiver: string; subject: string }>(
    `DELETE FROM notification WHERE id = $1 AND ${isOurs} RETURNING receiver, subject`,
    [id, holder],
  );
  if (gone === null) return;
  await sql.run('UPDATE notification_mark SET given_up = 1 WHERE receiver = $1 AND subject = $2', [
    gone.receiver,
    gone.subject,
  ]);
}

/** This agent sends nothing more to a receiver: others may take what it holds at once. */
export async function release(sql: Sql, holder: string, receiver: string): Promise<void> {
  await sql.run(
    'UPDATE notification SET claimed_by = NULL, claimed_until = NULL WHERE receiver = $1 AND claimed_by = $2',
    [receiver, holder],
  );
  await sql.run('DELETE FROM notification_receiver WHERE receiver = $1 AND holder = $2', [receiver, holder]);
}

/**
 * Forgets receivers that no agent has in its settings: where the settings are changed agent by agent, the ones that are started first must not lose what
 * they have queued to the ones that come later. An agent that was killed counts for a day.
 */
export async function keepReceivers(sql: Sql, holder: string, names: readonly string[]): Promise<number> {
  await sql.run(`DELETE FROM notification_receiver WHERE declared_at < ${NOW_MS} - ${DAY} OR holder = $1`, [holder]);
  await sql.run(
    `INSERT INTO notification_receiver (receiver, holder, declared_at)
     SELECT DISTINCT w.name, $2, ${NOW_MS} FROM unnest($1::text[]) AS w (name)`,
    [names, holder],
  );
  const unknown = 'NOT (receiver = ANY($1::text[])) AND receiver NOT IN (SELECT receiver FROM notification_receiver)';
  await sql.run(`DELETE FROM notification_mark WHERE ${unknown}`, [names]);
  return sql.run(`DELETE FROM notification WHERE ${unknown}`, [names]);
}
