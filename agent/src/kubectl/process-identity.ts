import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What tells one process from any other that ever had or will have its pid. */
export type ProcessIdentity = {
  /** When it started, in the system's own terms; only ever compared for equality. */
  startedAt: string;
  commandLine: string;
};

/**
 * The identity of a running process; null when there is none (or only its remains, not yet collected by the parent).
 * Synchronous on purpose: it stands between the start of a process and its record in the ledger, where nothing may come between.
 */
export function identify(pid: number): ProcessIdentity | null {
  return BOOT_ID === null ? fromPs(pid) : fromProc(pid, BOOT_ID);
}

const EXEC_WITHIN_TRIES = 100;

/**
 * The identity of a process that was started a moment ago. The system tells its start before its command line is in
 * place, so a process without one is looked at again, for 100 ms at most.
 */
export function identifyNew(pid: number): ProcessIdentity | null {
  for (let tries = 1; tries < EXEC_WITHIN_TRIES; tries++) {
    const identity = identify(pid);
    if (identity !== null || !isExecuting(pid)) return identity;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
  return identify(pid);
}

/** Whether a process is there, alive, and its command line not yet. */
const isExecuting = (pid: number): boolean => {
  const stat = BOOT_ID === null ? null : readOrNull(`/proc/${pid}/stat`);
  return stat !== null && !/\) [ZX] /.test(stat);
};

/** Start times under /proc count from the boot, so the boot belongs to them. null: no /proc (macOS). */
const BOOT_ID = readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? null;

/** proc(5): field 22 of stat is the start time in clock ticks; field 2, the name in brackets, may hold spaces and brackets. */
function fromProc(pid: number, bootId: string): ProcessIdentity | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  const commandLine = readOrNull(`/proc/${pid}/cmdline`)?.split('\0').join(' ').trim();
  if (stat === null || !commandLine) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields[22 - 3];
  return ticks === undefined || fields[0] === 'Z' ? null : { startedAt: `${bootId}/${ticks}`, commandLine };
}

function fromPs(pid: number): ProcessIdentity | null {
  try {
    const line = execFileSync('ps', ['-ww', '-o', 'lstart=,command=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    // lstart is always 24 characters: "Mon Nov 23 19:05:41 2026"
    return line === '' ? null : { startedAt: line.slice(0, 24), commandLine: line.slice(24).trim() };
  } catch {
    return null;
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
