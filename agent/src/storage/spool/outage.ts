import type { Clock } from '../../core/clock.ts';
import { AgentError, isAgentError, type ErrorCode } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';

/** Faults that pass without anybody changing what was asked for: what could not be written is written later. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'storage/unreachable',
  'storage/busy',
  'storage/full',
  'storage/read-only',
]);

export const isPassing = (error: unknown): error is AgentError => isAgentError(error) && PASSING.has(error.code);

export type Away = { since: number; cause: AgentError };

/** Whether the database takes what is written. One log line when it begins not to, and one when it does again. */
export function createOutage({ clock, logger }: { clock: Clock; logger: Logger }) {
  let away: Away | null = null;
  return {
    away: (): Away | null => away,
    begin(cause: AgentError): void {
      if (away === null)
        logger.warn(
          { code: cause.code },
          `${cause.message} Scans go on; what they bring is kept on the disk and written when the database takes it again.`,
        );
      away = { since: away?.since ?? clock.now(), cause };
    },
    end(): void {
      if (away === null) return;
      logger.info({ awayMs: clock.now() - away.since }, 'the database answers again');
      away = null;
    },
  };
}

export type Outage = ReturnType<typeof createOutage>;

/** What whoever asks meanwhile is told. */
export const awayError = ({ since, cause }: Away): AgentError =>
  new AgentError(cause.code, `${cause.message} It has been so since ${new Date(since).toISOString()}.`, {
    retryable: true,
    cause,
  });

/** What is asked about cannot be told before what is buffered is written. */
export const waitsError = (away: Away | null): AgentError =>
  away === null
    ? new AgentError('storage/busy', 'What was buffered is being written to the database.', { retryable: true })
    : awayError(away);

export const fullError = (maxBytes: number): AgentError =>
  new AgentError(
    'storage/full',
    `The database is away and the buffer for it is full (${Math.round(maxBytes / 2 ** 20)} MiB, database.bufferMib): scans wait, ` +
      'and what is missing is read from Prometheus later.',
    { retryable: true },
  );
