import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { backUp, type BackupProgress, type CopyFacts } from '../storage/sqlite/backup.ts';
import { DATABASE_FILE, lockDataDir } from '../storage/data-lock.ts';
import { timeInName } from '../storage/durable-file.ts';
import { restoreFrom } from '../storage/sqlite/restore.ts';
import type { CommandContext } from './context.ts';

export type BackupOptions = { config: string | null; to: string | null; force: boolean };

/** Copies the database of these settings, while its agent may be running. */
export async function backupCommand(
  context: CommandContext,
  { config: file, to, force }: BackupOptions,
  now: number,
): Promise<number> {
  const { dataDir } = loadConfig({ file, env: context.env, cwd: context.cwd });
  const name = `monitoring-${timeInName(now)}.db`;
  const wanted = to === null ? join(dataDir, 'backups', name) : resolve(context.cwd, to);
  const target = isDirectory(wanted) ? join(wanted, name) : wanted;
  const facts = await backUp(join(dataDir, DATABASE_FILE), target, {
    replace: force,
    onProgress: progressOf(context),
  }).finally(() => context.progress(''));
  context.print(`${target}\n${contentOf(facts)}`);
  return 0;
}

/** Replaces the database of these settings by a copy of `backup`; refused while an agent works with it. */
export async function restoreCommand(
  context: CommandContext,
  { config: file, backup }: { config: string | null; backup: string },
  now: number,
): Promise<number> {
  const { dataDir } = loadConfig({ file, env: context.env, cwd: context.cwd });
  const path = join(dataDir, DATABASE_FILE);
  const unlock = lockDataDir(dataDir);
  try {
    const restored = await restoreFrom(resolve(context.cwd, backup), path, {
      now,
      onProgress: progressOf(context),
    }).finally(() => context.progress(''));
    context.print(`${path} is restored: ${contentOf(restored)}`);
    context.print('Start the agent: it reads from Prometheus what happened since.');
    if (restored.keptAs !== null)
      context.print(
        `The database before is kept as ${restored.keptAs}\nTo undo: hpa-watch restore ${quoted(restored.keptAs)}` +
          (file === null ? '' : ` --config ${quoted(file)}`),
      );
    return 0;
  } finally {
    unlock();
  }
}

const progressOf =
  (context: CommandContext): BackupProgress =>
  (part, percent) =>
    context.progress(part === 'copying' ? `copying: ${percent} %` : 'checking the copy');

const contentOf = ({ hpas, samples, bytes, newest }: CopyFacts): string =>
  `${hpas} HPAs, ${samples} samples, ${(bytes / 1_000_000).toFixed(1)} MB` +
  (newest === null ? '' : `, scanned until ${new Date(newest).toISOString()}`);

const isDirectory = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

const quoted = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);
