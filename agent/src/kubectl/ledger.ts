import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { descendantsOf, endProcess, isStill } from './process-end.ts';
import { identifyNew } from './process-identity.ts';

const entrySchema = z.object({ pid: z.int().positive(), startedAt: z.string(), commandLine: z.string().min(1) });
const ledgerSchema = z.object({ version: z.literal(1), processes: z.array(entrySchema) });

export type LedgerEntry = z.infer<typeof entrySchema>;

/**
 * The kubectl processes of this agent, in a file that outlives it: whatever ends the agent, the next start ends what it left.
 * One agent a file (the data directory has a lock).
 */
export type PidLedger = {
  /**
   * Ends every recorded process that is still the same by pid, start time and command line: SIGTERM, SIGKILL after 2 s.
   * Resolves with those it ended once they are gone. To be called once, before the first `record`.
   */
  endOrphans(): Promise<LedgerEntry[]>;
  /** Right after the start of a process, before it is used. @throws AgentError `storage/failed`: then end it, do not use it */
  record(pid: number): void;
  /** After its end. Never throws: an entry too many does no harm, since it matches no process. */
  forget(pid: number): void;
  entries(): LedgerEntry[];
};

export type LedgerDeps = { file: string; clock: Clock; logger: Pick<Logger, 'warn' | 'info'> };

export function createLedger({ file, clock, logger }: LedgerDeps): PidLedger {
  let entries = read({ file, clock, logger });

  function write(next: LedgerEntry[]): void {
    entries = next;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // A reader sees the old file or the new one, never half of one.
    writeFileSync(`${file}.tmp`, JSON.stringify({ version: 1, processes: next }, null, 1), { mode: 0o600 });
    renameSync(`${file}.tmp`, file);
  }

  /** With what it has started: a credentials plugin that hangs would stay. */
  async function end(entry: LedgerEntry): Promise<boolean> {
    const family = isStill(entry) ? descendantsOf(entry.pid) : [];
    const [ended = false] = await Promise.all([entry, ...family].map((one) => endProcess(one, clock)));
    return ended;
  }

  return {
    async endOrphans() {
      const orphans = entries;
      const ended = await Promise.all(orphans.map(end));
      // What could not be ended stays recorded for the next start.
      write(entries.filter(isStill));
      const gone = orphans.filter((_, index) => ended[index]);
      for (const { pid, commandLine } of gone)
        logger.info({ pid, commandLine }, 'Ended a kubectl that an earlier run left');
      return gone;
    },
    record(pid) {
      const identity = identifyNew(pid);
      // Gone before it could be looked at: there is nothing to end.
      if (identity === null) return;
      try {
        write([...entries.filter((entry) => entry.pid !== pid), { pid, ...identity }]);
      } catch (cause) {
        const message = `The list of kubectl processes cannot be written to ${file}: ${(cause as Error).message}`;
        throw new AgentError('storage/failed', message, { retryable: true, cause });
      }
    },
    forget(pid) {
      if (!entries.some((entry) => entry.pid === pid)) return;
      try {
        write(entries.filter((entry) => entry.pid !== pid));
      } catch (error) {
        logger.warn({ file, err: error }, 'The list of kubectl processes could not be written');
      }
    },
    entries: () => [...entries],
  };
}

/** A ledger that cannot be read is set aside, so that a person can look at it, and a new one begun. */
function read({ file, clock, logger }: LedgerDeps): LedgerEntry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    return setAside(error);
  }
  try {
    return ledgerSchema.parse(JSON.parse(text)).processes;
  } catch (error) {
    return setAside(error);
  }

  function setAside(error: unknown): LedgerEntry[] {
    const aside = `${file}.corrupt-${clock.now()}`;
    logger.warn(
      { file, aside, reason: (error as Error).message.slice(0, 500) },
      'The list of kubectl processes is not readable; set aside',
    );
    try {
      renameSync(file, aside);
    } catch (cause) {
      logger.warn({ file, reason: (cause as Error).message }, 'and it could not be set aside either');
    }
    return [];
  }
}
