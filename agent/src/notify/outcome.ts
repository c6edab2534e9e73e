import { backoffMs, withJitter } from '../core/backoff.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../core/clock.ts';
import type { NotificationOutcome } from '../domain/notification.ts';

/** What came of a request: an answer, or nothing (no connection, too late). */
export type Delivery =
  { kind: 'answer'; status: number; retryAfterMs: number | null } | { kind: 'none'; error: string };

export type Attempt = {
  /** Failed attempts before this one. */
  attempts: number;
  createdAt: number;
  now: number;
  /** In [0, 1). */
  random: number;
};

const BACKOFF = { minMs: SECOND, maxMs: 5 * MINUTE };
const MOST_RETRY_AFTER_MS = HOUR;
/** Nobody wants to hear of it any more. */
export const GIVE_UP_AFTER_MS = DAY;

/** Statuses that pass by themselves, besides 5xx: request timeout, too early, too many requests. */
const PASSING: readonly number[] = [408, 425, 429];

export const isPassing = (delivery: Delivery): boolean =>
  delivery.kind === 'none' || delivery.status >= 500 || PASSING.includes(delivery.status);

export const isSuccess = (delivery: Delivery): boolean =>
  delivery.kind === 'answer' && delivery.status >= 200 && delivery.status < 300;

/** What becomes of a message after an attempt. A redirect is not followed: it would carry the message somewhere else. */
export function outcomeOf(delivery: Delivery, { attempts, createdAt, now, random }: Attempt): NotificationOutcome {
  if (isSuccess(delivery)) return { kind: 'sent' };
  const error = delivery.kind === 'none' ? delivery.error : `status ${delivery.status}`;
  if (!isPassing(delivery)) return { kind: 'given_up', error };
  const asked = delivery.kind === 'answer' ? (delivery.retryAfterMs ?? 0) : 0;
  const waitMs = Math.max(withJitter(backoffMs(attempts, BACKOFF), random), Math.min(asked, MOST_RETRY_AFTER_MS));
  if (now + waitMs - createdAt > GIVE_UP_AFTER_MS) return { kind: 'given_up', error: `${error}, for a day` };
  return { kind: 'retry', nextAttemptAt: now + waitMs, error };
}

/** A `Retry-After` header (seconds or an HTTP date) in ms from now; null: none. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null || header.trim() === '') return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * SECOND : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
