import pLimit from 'p-limit';
import { backoffMs, withJitter } from '../core/backoff.ts';
import { afterRunning, MINUTE, SECOND, type Clock } from '../core/clock.ts';
import { AgentError, toAgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { NotificationMark, NotificationOutcome, QueuedNotification } from '../domain/notification.ts';
import { isPassing, isSuccess, outcomeOf, type Delivery } from './outcome.ts';
import type { Post } from './post.ts';
import type { HttpRequest, Receiver } from './receiver.ts';

/** The part of the store that the sender needs; see `AnomalyStore`. */
export type NotificationQueue = {
  dueNotifications(
    receiver: string,
    now: number,
    limit: number,
    holdMs: number,
  ): Promise<{ items: QueuedNotification[]; nextAt: number | null }>;
  settleNotification(id: number, outcome: NotificationOutcome): Promise<void>;
  releaseNotifications(receiver: string): Promise<void>;
  activeNotifications(receiver: string): Promise<NotificationMark[]>;
};

export type LaneDeps = {
  queue: NotificationQueue;
  post: Post;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  logger: Logger;
  /** Told after each attempt: `sent`, `retry` or `given_up`. */
  onOutcome?: (receiver: string, result: NotificationOutcome['kind']) => void;
};

export type Lane = { kick(): void; stop(): Promise<void> };

const AT_ONCE = 4;
const TAKEN_AT_ONCE = 100;
const LOOK_EVERY_MS = MINUTE;
const HOLD_SPARE_MS = 5 * SECOND;
/** What is on its way at the stop may still arrive. */
const GRACE_MS = SECOND;

/** The messages of one receiver, apart from all others: however slow or dead it is, only it waits. */
export function startLane(receiver: Receiver, deps: LaneDeps): Lane {
  const { queue, clock, random, logger } = deps;
  const limit = pLimit(AT_ONCE);
  const cutOff = new AbortController();
  let stopping = false;
  let kicked = false;
  let wake = () => {};
  let failing = false;
  let quietUntil = 0;
  let repeatedAt: number | null = null;
  /** For two requests of which the first is not answered. */
  const holdMs = 2 * receiver.timeoutMs + HOLD_SPARE_MS;

  async function send(request: HttpRequest): Promise<Delivery> {
    const tooLate = new AbortController();
    const error = new AgentError('agent/aborted', `no answer within ${receiver.timeoutMs / SECOND} s`);
    const cancel = afterRunning(clock, receiver.timeoutMs, () => tooLate.abort(error));
    try {
      return await deps.post(request, AbortSignal.any([tooLate.signal, cutOff.signal]));
    } finally {
      cancel();
    }
  }

  /** One line when it begins to fail and one when it works again, not one an attempt. */
  function note(delivery: Delivery): void {
    const failed = isPassing(delivery);
    // A refusal of one message says nothing about the others.
    if (!failed && !isSuccess(delivery)) return;
    if (failed !== failing) {
      const about = { receiver: receiver.name, address: receiver.origin };
      if (failed)
        logger.warn(
          { ...about, error: delivery.kind === 'none' ? delivery.error : `status ${delivery.status}` },
          'notifications cannot be delivered; trying again until they are',
        );
      else logger.info(about, 'notifications are delivered again');
    }
    failing = failed;
    if (delivery.kind === 'answer' && failed && delivery.retryAfterMs !== null)
      quietUntil = clock.now() + Math.min(delivery.retryAfterMs, 60 * MINUTE);
  }

  async function deliver(batch: readonly QueuedNotification[], heldUntil: number): Promise<void> {
    if (stopping || clock.now() < quietUntil) return;
    // Another agent may be given it before an answer is here: what is not begun in time is asked for anew.
    if (clock.now() + receiver.timeoutMs > heldUntil) return;
    const delivery = await send(receiver.requestFor(batch, clock.now()));
    // Cut off by the stop: nobody knows whether it arrived; it stays in the queue.
    if (cutOff.signal.aborted) return;
    note(delivery);
    const outcomes = batch.map(({ attempts, createdAt }) =>
      outcomeOf(delivery, { attempts, createdAt, now: clock.now(), random: random() }),
    );
    // One of them may be what is refused: each has to be tried by itself before it is given up.
    if (batch.length > 1 && !isPassing(delivery) && !isSuccess(delivery)) {
      for (const one of batch) await deliver([one], heldUntil);
      return;
    }
    for (const [i, { id, message }] of batch.entries()) {
      const outcome = outcomes[i];
      if (outcome === undefined) continue;
      await queue.settleNotification(id, outcome);
      deps.onOutcome?.(receiver.name, outcome.kind);
      if (outcome.kind !== 'given_up') continue;
      const about = {
        receiver: receiver.name,
        address: receiver.origin,
        subject: message.subject,
        error: outcome.error,
      };
      logger.error({ ...about, event: message.event }, 'a notification could not be delivered and is given up');
    }
  }

  async function repeat(): Promise<void> {
    const { refresh } = receiver;
    if (refresh === null || (repeatedAt !== null && clock.now() - repeatedAt < refresh.everyMs)) return;
    repeatedAt = clock.now();
    const firing = (await queue.activeNotifications(receiver.name)).map(({ message }) => message);
    for (let i = 0; i < firing.length && !stopping; i += receiver.batchSize) {
      const delivery = await send(refresh.requestFor(firing.slice(i, i + receiver.batchSize), clock.now()));
      if (cutOff.signal.aborted) return;
      note(delivery);
      if (isPassing(delivery)) return;
    }
  }

  async function work(): Promise<void> {
    if (clock.now() >= quietUntil) await repeat();
    const now = clock.now();
    const { items, nextAt } = await queue.dueNotifications(receiver.name, now, TAKEN_AT_ONCE, holdMs);
    if (items.length > 0 && now >= quietUntil) {
      const batches = chunks(items, receiver.batchSize);
      await Promise.all(batches.map((batch) => limit(() => deliver(batch, now + holdMs))));
      return;
    }
    const dueAt = items.length > 0 ? quietUntil : (nextAt ?? Infinity);
    const repeatAt = receiver.refresh === null ? Infinity : (repeatedAt ?? now) + receiver.refresh.everyMs;
    await rest(Math.max(0, Math.min(dueAt, repeatAt, now + LOOK_EVERY_MS) - clock.now()));
  }

  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (kicked || stopping) return resolve();
      const cancel = clock.after(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });

  async function run(): Promise<void> {
    for (let failures = 0; !stopping;) {
      kicked = false;
      try {
        await work();
        failures = 0;
      } catch (error) {
        if (stopping) return;
        const { code } = toAgentError(error);
        logger.warn({ receiver: receiver.name, code }, 'the notifications to send cannot be read; trying again');
        await rest(withJitter(backoffMs(failures++), random()));
      }
    }
  }

  /** Others need not wait until the hold has run out; but nobody waits for a database that does not answer. */
  async function giveBack(): Promise<void> {
    let cancel = () => {};
    const enough = new Promise<void>((resolve) => (cancel = clock.after(GRACE_MS, resolve)));
    await Promise.race([queue.releaseNotifications(receiver.name).catch(() => undefined), enough]);
    cancel();
  }

  const running = run();
  return {
    kick() {
      kicked = true;
      wake();
    },
    async stop() {
      stopping = true;
      wake();
      const cancel = clock.after(GRACE_MS, () =>
        cutOff.abort(new AgentError('agent/stopping', 'the agent is stopping')),
      );
      await running;
      cancel();
      await giveBack();
    },
  };
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
