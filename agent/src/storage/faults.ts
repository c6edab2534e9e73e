import { AgentError, isAgentError, type ErrorCode } from '../core/errors.ts';

/** An AgentError as it crosses the thread: structured clone keeps neither its class nor its fields. */
export type WireError = { code: ErrorCode; message: string; retryable: boolean; details: unknown };

type Fault = { code: ErrorCode; retryable: boolean; message: (path: string, text: string) => string };

// By the primary result code, https://www.sqlite.org/rescode.html; extended codes begin with it.
const FAULTS: readonly [RegExp, Fault][] = [
  [
    /^SQLITE_FULL/,
    { code: 'storage/full', retryable: true, message: (path) => `There is no space left for the database ${path}.` },
  ],
  [
    /^SQLITE_(BUSY|LOCKED)/,
    { code: 'storage/busy', retryable: true, message: (path) => `Another process holds the database ${path}.` },
  ],
  [
    /^SQLITE_(CORRUPT|NOTADB)/,
    {
      code: 'storage/corrupt',
      retryable: false,
      message: (path, text) => `The database ${path} is damaged (${text}): restore it from a copy or move it away.`,
    },
  ],
];
const OTHER: Fault = {
  code: 'storage/failed',
  retryable: false,
  message: (path, text) => `The database ${path} failed: ${text}.`,
};

/** Whatever the database threw, as an AgentError `storage/*`; AgentErrors pass. */
export function storageError(error: unknown, path: string): AgentError {
  if (isAgentError(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  const sqlite = sqliteCode(error);
  const fault = FAULTS.find(([pattern]) => sqlite !== null && pattern.test(sqlite))?.[1] ?? OTHER;
  return new AgentError(fault.code, fault.message(path, text), {
    retryable: fault.retryable,
    details: sqlite === null ? undefined : { sqlite },
    cause: error,
  });
}

const sqliteCode = (error: unknown): string | null => {
  const code = error instanceof Object && 'code' in error ? error.code : null;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : null;
};

export const toWire = (error: AgentError): WireError => ({
  code: error.code,
  message: error.message,
  retryable: error.retryable,
  details: error.details,
});

export const fromWire = ({ code, message, retryable, details }: WireError): AgentError =>
  new AgentError(code, message, { retryable, details });
