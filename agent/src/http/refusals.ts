import type { Request } from 'express';
import { MINUTE, type Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { Metrics } from '../core/metrics.ts';

export type RefusalDeps = { metrics: Pick<Metrics, 'authRefusals'>; logger: Logger; clock: Pick<Clock, 'now'> };

/**
 * Counts who was not let in, by reason, and says in the log when an address is made to wait: once a minute at most, so that whoever tries
 * cannot fill the log.
 */
export function createRefusalReport({ metrics, logger, clock }: RefusalDeps) {
  let quietUntil = -Infinity;
  return (code: string, req: Request): void => {
    if (!code.startsWith('auth/')) return;
    metrics.authRefusals.inc({ code });
    if (code !== 'auth/throttled' || clock.now() < quietUntil) return;
    quietUntil = clock.now() + MINUTE;
    logger.warn(
      { address: req.socket.remoteAddress },
      'many calls from this address have no right token; it is made to wait',
    );
  };
}
