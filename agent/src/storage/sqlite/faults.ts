import { AgentError, isAgentError, type ErrorCode } from '../../core/errors.ts';

/** An AgentError as it crosses the thread: structured clone keeps neither its class nor its fields. */
export type WireError = { code: ErrorCode; message: string; retryable: boolean; details: unknown };

type Fault = { code: ErrorCode; retryable: boolean; message: (path: string, text: string) => string };

// Each says what a person has to do, and whether writing goes on by itself afterwards. By the primary result code of SQLite
// (https://www.sqlite.org/rescode.html; extended codes begin with it) or the code of the operating system.
const FAULTS: readonly [RegExp, Fault][] = [
  [
    // SHMSIZE: there was no room for the index of the log.
    /^(SQLITE_(FULL|IOERR_SHMSIZE)|ENOSPC|EDQUOT)/,
    {
      code: 'storage/full',
      retryable: true,
      message: (path) =>
        `There is no space left for the database ${path}: free some on its disk, or lower retention. ` +
        'Writing goes on by itself once there is room; what was missed is read from Prometheus.',
    },
  ],
  [
    /^SQLITE_(BUSY|LOCKED)/,
    {
      code: 'storage/busy',
      retryable: true,
      message: (path) =>
        `Another process holds the database ${path}: end it (\`fuser ${path}\` names it). ` +
        'Writing goes on by itself once the lock is gone; what was missed is read from Prometheus.',
    },
  ],
  [
    /^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|EACCES|EPERM|EROFS)/,
    {
      code: 'storage/read-only',
      retryable: true,
      message: (path, text) =>
        `The database ${path} cannot be written (${text}): its directory and files must belong to the user the agent ` +
        'runs as and be writable, on a file system that is not mounted read-only.',
    },
  ],
  [
    /^SQLITE_(CORRUPT|NOTADB)/,
    {
      code: 'storage/corrupt',
      retryable: false,
      message: (path, text) =>
        `The database ${path} is damaged (${text}): the agent sets it aside and begins a new one when it starts.`,
    },
  ],
  [
    /^(SQLITE_IOERR|EIO)/,
    {
      code: 'storage/failed',
      retryable: true,
      message: (path, text) =>
        `The disk failed the database ${path} (${text}): look at the log of the system. The agent tries again with each scan.`,
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
  const code = codeOf(error);
  const fault = FAULTS.find(([pattern]) => code !== null && pattern.test(code))?.[1] ?? OTHER;
  return new AgentError(fault.code, fault.message(path, text), {
    retryable: fault.retryable,
    details: code?.startsWith('SQLITE_') ? { sqlite: code } : undefined,
    cause: error,
  });
}

export const codeOf = (error: unknown): string | null => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^(SQLITE_|E[A-Z]+$)/.test(code) ? code : null;
};

export const toWire = (error: AgentError): WireError => ({
  code: error.code,
  message: error.message,
  retryable: error.retryable,
  details: error.details,
});

export const fromWire = ({ code, message, retryable, details }: WireError): AgentError =>
  new AgentError(code, message, { retryable, details });
