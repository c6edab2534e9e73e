import { join, resolve } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { SECOND } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import { DATABASE_FILE } from '../storage/data-lock.ts';
import type { MigrateProgress, MigrateReport } from '../storage/migrate/migrate.ts';
import type { CommandContext } from './context.ts';
import { table } from './table.ts';

export type MigrateCommandOptions = { config: string | null; dataDir: string | null; databaseUrl: string | null };

const LINE_EVERY_MS = 10 * SECOND;

/** Copies the data directory of these settings into their PostgreSQL; its agent may be running. */
export async function migrateCommand(
  context: CommandContext,
  { config: file, dataDir, databaseUrl }: MigrateCommandOptions,
): Promise<number> {
  const given = { ...context.env, ...(databaseUrl !== null && { HPA_WATCH_DATABASE_URL: databaseUrl }) };
  const config = loadConfig({ file, env: given, cwd: context.cwd });
  if (config.databaseUrl === null)
    throw new AgentError(
      'config/invalid',
      'Where to is missing: set HPA_WATCH_DATABASE_URL=postgres://USER:PASSWORD@HOST:PORT/DATABASE, or give --database-url.',
    );
  const { migrateToPostgres } = await import('../storage/migrate/migrate.ts');
  const directory = dataDir === null ? config.dataDir : resolve(context.cwd, dataDir);
  const report = await migrateToPostgres({
    path: join(directory, DATABASE_FILE),
    url: config.databaseUrl,
    partitions: config.databasePartitions,
    now: Date.now,
    onProgress: progressOf(context, () => performance.now()),
  }).finally(() => context.progress(''));
  context.print(tableOf(report));
  const differing = report.tables.filter(({ sourceRows, targetRows }) => sourceRows !== targetRows);
  if (differing.length > 0) {
    context.print(
      `Counts differ: ${differing.map((one) => one.table).join(', ')}. Run it again; if they stay, report it.`,
    );
    return 1;
  }
  context.print(
    `${report.hpas} HPAs are in ${report.where}, and every row was read back and compared.\n` +
      'To switch over: stop the agent, run this once more (it copies what is new), start agents with HPA_WATCH_DATABASE_URL.',
  );
  return 0;
}

/** A line that is replaced on a terminal; elsewhere one now and then. */
function progressOf(context: CommandContext, elapsed: () => number): (progress: MigrateProgress) => void {
  let part = '';
  let startedAt = 0;
  let toldAt = elapsed();
  return (progress) => {
    const now = elapsed();
    const key = `${progress.part} ${progress.table}`;
    if (key !== part) [part, startedAt] = [key, now];
    const text = progressText(progress, (now - startedAt) / SECOND);
    context.progress(text);
    if (context.terminal || now - toldAt < LINE_EVERY_MS) return;
    toldAt = now;
    context.print(text);
  };
}

/** `copying sample: 43 % (430000 of 1000000 rows), 81000 rows/s` */
export function progressText({ part, table: name, rows, total }: MigrateProgress, seconds: number): string {
  if (total === 0) return `${part} ${name}`;
  const percent = Math.min(100, Math.floor((100 * rows) / total));
  const rate = seconds > 0 ? `, ${Math.round(rows / seconds)} rows/s` : '';
  return `${part} ${name}: ${percent} % (${rows} of ${total} rows)${rate}`;
}

const tableOf = ({ tables }: MigrateReport): string =>
  table(
    ['table', '>rows in SQLite', '>rows in PostgreSQL', '>written now'],
    tables.map((one) => [one.table, ...[one.sourceRows, one.targetRows, one.written].map(String)]),
  );
