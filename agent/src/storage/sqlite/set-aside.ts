import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncToDisk, timeInName } from '../durable-file.ts';

/** What stands beside a database: its log and the index of the log. */
export const COMPANIONS = ['-wal', '-shm'] as const;

/**
 * Puts `draft` in the place of the database, which is kept, with its log, as `<path>.<label>-<time>`. Whatever interrupts it, a database
 * stands at `path`: the old one has two names until the new one takes its place.
 * @returns the name under which the old one is kept; null: there was none
 */
export function replaceDatabase(path: string, draft: string, { label, now }: { label: string; now: number }) {
  const keptAs = existsSync(path) ? freeName(`${path}.${label}-${timeInName(now)}`) : null;
  // The log first: it must never stand beside a database that is not its own.
  for (const ending of COMPANIONS)
    if (existsSync(path + ending))
      renameSync(path + ending, (keptAs ?? `${path}.${label}-${timeInName(now)}`) + ending);
  if (keptAs !== null) secondName(path, keptAs);
  renameSync(draft, path);
  syncToDisk(dirname(path));
  return keptAs;
}

export function removeDatabase(path: string): void {
  for (const ending of ['', ...COMPANIONS]) rmSync(path + ending, { force: true });
}

function secondName(path: string, keptAs: string): void {
  try {
    linkSync(path, keptAs);
  } catch {
    // A file system without hard links.
    renameSync(path, keptAs);
  }
}

function freeName(wanted: string): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (!existsSync(name)) return name;
  }
}
