import { AgentError, isAgentError, type ErrorCode } from '../../core/errors.ts';

type Fault = { code: ErrorCode; retryable: boolean; message: (where: string, text: string) => string };

const goesOn = 'Writing goes on by itself afterwards; what was missed is read from Prometheus.';

/**
 * By SQLSTATE (https://www.postgresql.org/docs/15/errcodes-appendix.html; what distributed databases answer is the same) or the code
 * of the operating system. Each says what a person has to do.
 */
const FAULTS: readonly [RegExp, Fault][] = [
  [
    /^53300$/,
    {
      code: 'storage/unreachable',
      retryable: true,
      message: (where) =>
        `The database ${where} has no connection left: raise its max_connections, or put a pooler before it. ${goesOn}`,
    },
  ],
  [
    /^(28|3D000)/,
    {
      code: 'storage/unreachable',
      retryable: false,
      message: (where, text) =>
        `The database ${where} lets the agent not in (${text}): look at the user, password and name in HPA_WATCH_DATABASE_URL.`,
    },
  ],
  [
    /^(08|57P0[1-5]|E[A-Z_]+$)/,
    {
      code: 'storage/unreachable',
      retryable: true,
      message: (where, text) => `The database ${where} cannot be reached (${text}). ${goesOn}`,
    },
  ],
  [
    /^(40001|40P01|55P03|57014)$/,
    {
      code: 'storage/busy',
      retryable: true,
      message: (where, text) => `The database ${where} did not get to it in time (${text}). ${goesOn}`,
    },
  ],
  [
    /^53[12]00$/,
    {
      code: 'storage/full',
      retryable: true,
      message: (where, text) =>
        `The database ${where} has no space left (${text}): free some, or lower retention. ${goesOn}`,
    },
  ],
  [
    /^(25006|42501)$/,
    {
      code: 'storage/read-only',
      retryable: true,
      message: (where, text) =>
        `The database ${where} cannot be written (${text}): the agent needs the primary server, and a user that owns its tables.`,
    },
  ],
];
const OTHER: Fault = {
  code: 'storage/failed',
  retryable: false,
  message: (where, text) => `The database ${where} failed: ${text}.`,
};

/** Errors that pg makes itself have no code: the connection ended, or did not answer in time. */
const LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed)/;

/** Whatever the driver threw, as an AgentError `storage/*`; AgentErrors pass. `where` never holds the password. */
export function postgresError(error: unknown, where: string): AgentError {
  if (isAgentError(error)) return error;
  const text = textOf(error);
  const code = codeOf(error) ?? (LOST.test(text) ? '08006' : null);
  const fault = FAULTS.find(([pattern]) => code !== null && pattern.test(code))?.[1] ?? OTHER;
  return new AgentError(fault.code, fault.message(where, text), {
    retryable: fault.retryable,
    details: code !== null && /^[0-9A-Z]{5}$/.test(code) ? { sqlstate: code } : undefined,
    cause: error,
  });
}

/** Of several addresses tried in vain Node tells only the sum, whose message is empty. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(textOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** SQLSTATE, or the code of the operating system. */
export function codeOf(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}

/** Whether the server itself refused: then the connection is good for the next transaction. */
export const isRefusal = (error: unknown): boolean =>
  isAgentError(error) || (/^[0-9A-Z]{5}$/.test(codeOf(error) ?? '') && !/^(08|57P)/.test(codeOf(error) ?? ''));

/**
 * Whether the same transaction is to be done again: because the database asks for it, or because an HPA was purged (the only thing that other
 * tables refer to) after it was looked for.
 */
export const isConflict = (error: unknown): boolean => /^(40001|40P01|23503)$/.test(codeOf(error) ?? '');
