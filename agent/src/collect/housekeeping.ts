import { HOUR, MINUTE, SECOND, sleep, type Clock } from '../core/clock.ts';
import { toAgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { RetentionPolicy, Store } from '../storage/store.ts';

export type HousekeepingDeps = {
  store: Pick<Store, 'retain'>;
  clock: Clock;
  logger: Logger;
  policy: RetentionPolicy;
  /** Whether this agent does it, where several share a database. */
  isMine: () => boolean;
};

/** Longest time that one batch may hold the writer; between batches it is free for scans. */
const HOLD_MS = 25;
const PAUSE_MS = 50;
const EVERY_MS = HOUR;
const FIRST_AFTER_MS = 30 * SECOND;
const AGAIN_AFTER_MS = 5 * MINUTE;

/** Deletes what retention no longer keeps, hourly, in small batches; the returned function stops it and waits. */
export function startHousekeeping({ store, clock, logger, policy, isMine }: HousekeepingDeps): () => Promise<void> {
  const stopping = new AbortController();

  async function tidy(): Promise<void> {
    let deleted = 0;
    for (let done = false; !done && isMine();) {
      const step = await store.retain(policy, clock.now(), HOLD_MS);
      deleted += step.deleted;
      done = step.done;
      if (!done) await sleep(clock, PAUSE_MS, stopping.signal);
    }
    if (deleted > 0) logger.info({ rows: deleted }, 'old rows deleted, as retention asks');
  }

  async function loop(): Promise<void> {
    let waitMs = FIRST_AFTER_MS;
    while (!stopping.signal.aborted) {
      try {
        await sleep(clock, waitMs, stopping.signal);
        const mine = isMine();
        if (mine) await tidy();
        waitMs = mine ? EVERY_MS : AGAIN_AFTER_MS;
      } catch (error) {
        waitMs = AGAIN_AFTER_MS;
        if (!stopping.signal.aborted)
          logger.warn({ err: toAgentError(error) }, 'old rows could not be deleted; trying again in 5 minutes');
      }
    }
  }

  const running = loop();
  return async () => {
    stopping.abort(new Error('the agent is stopping'));
    await running;
  };
}
