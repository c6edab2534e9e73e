import type { Config } from '../config/load.ts';
import { backoffMs, withJitter } from '../core/backoff.ts';
import { SECOND, sleep, type Clock } from '../core/clock.ts';
import { AgentError, isAgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { LeaseTable } from '../domain/ownership.ts';
import { leaseGuard } from '../storage/postgres/lease-guard.ts';
import { leaseTable } from '../storage/postgres/lease-table.ts';
import { openPostgresStore } from '../storage/postgres/postgres-store.ts';
import { openBufferedStore, type DatabaseBuffer } from '../storage/spool/buffered-store.ts';
import type { Store } from '../storage/store.ts';
import type { Owning } from './owning.ts';
import { openWaitingRoom } from './waiting-room.ts';

export type SharedKeepingOptions = {
  url: string;
  config: Pick<Config, 'listen' | 'tls' | 'dataDir' | 'databasePartitions' | 'bufferBytes'>;
  clock: Clock;
  random: () => number;
  logger: Logger;
  owning: () => Owning | null;
};

const RETRY = { minMs: SECOND, maxMs: 15 * SECOND };

/** The store in a PostgreSQL that several agents share, with a buffer before it. Waits for one that is down, for as long as that takes. */
export async function openSharedKeeping({
  url,
  config,
  clock,
  random,
  logger,
  owning,
}: SharedKeepingOptions): Promise<{ store: Store; leases: LeaseTable; buffer: DatabaseBuffer }> {
  const nothing = { id: () => '', held: () => new Map<string, never>() };
  const guard = leaseGuard(
    () => owning() ?? nothing,
    (cluster) => owning()?.doubt(cluster),
  );
  const open = () =>
    openPostgresStore({ url, logger, guard, partitions: config.databasePartitions, now: () => clock.now() });
  const { database, ...store } = await untilItAnswers(open, { config, clock, random, logger });
  const { dataDir, bufferBytes: maxBytes } = config;
  try {
    const buffered = await openBufferedStore({ store, dataDir, maxBytes, clock, random, logger });
    return { ...buffered, leases: leaseTable(database) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** @throws AgentError for what waiting does not mend: a schema of a newer agent, a database of another program, a URL that is none */
async function untilItAnswers<T>(
  open: () => Promise<T>,
  { config, clock, random, logger }: Pick<SharedKeepingOptions, 'config' | 'clock' | 'random' | 'logger'>,
): Promise<T> {
  const startedAt = clock.now();
  let room: { close(): Promise<void> } | null = null;
  let last: AgentError | null = null;
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await open();
      } catch (error) {
        if (!isAgentError(error) || !WAITED_FOR.has(error.code)) throw error;
        // The cause may change on the way: refused, then starting up, then the password.
        if (error.message !== last?.message)
          logger.warn({ code: error.code }, `${error.message} The start waits for it.`);
        last = error;
        room ??= await openWaitingRoom({ config, clock, reason: () => waiting(last ?? error, startedAt) });
        await sleep(clock, withJitter(backoffMs(attempt, RETRY), random()));
      }
    }
  } finally {
    await room?.close();
  }
}

const WAITED_FOR: ReadonlySet<string> = new Set([
  'storage/unreachable',
  'storage/busy',
  'storage/read-only',
  'storage/full',
]);

/** Without names and addresses: they are for those who read the log. */
const waiting = ({ code }: AgentError, since: number): AgentError =>
  new AgentError(code, `The agent waits for its database, since ${new Date(since).toISOString()}; its log says why.`, {
    retryable: true,
  });
