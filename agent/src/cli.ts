#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node --max-semi-space-size=8 --heap-growing-percent=30
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { address, durationWithin, instant, named, port, timezone, whole } from './cli/arguments.ts';
import type { BacktestOptions } from './cli/backtest.ts';
import type { SimulateOptions } from './cli/simulate.ts';
import { DAY, HOUR, MINUTE } from './core/clock.ts';
import { isAgentError } from './core/errors.ts';
import { inLines, onOneLine } from './core/plain-text.ts';
import { PROFILED_METRICS } from './domain/anomaly.ts';
import { isClusterName, isHpaName, isNamespaceName, NAME_RULES } from './domain/hpa.ts';

/** What every command gets of the process; nothing below cli/ touches it. */
const context = {
  env: process.env,
  cwd: process.cwd(),
  version: (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
    .version,
  /** Where plugin/ stands beside agent/; an installed agent has none. */
  checkout: fileURLToPath(new URL('../../', import.meta.url)),
  terminal: process.stderr.isTTY,
  print: (text: string) => void process.stdout.write(`${text}\n`),
  progress: (text: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${onOneLine(text)}`);
  },
  readInput: () => text(process.stdin),
  /** Resolves with the first SIGINT or SIGTERM; a second one ends the process at once. */
  untilSignal: () =>
    new Promise<string>((resolve) => {
      for (const name of ['SIGINT', 'SIGTERM'] as const) {
        process.once(name, () => {
          resolve(name);
          for (const again of ['SIGINT', 'SIGTERM'] as const) process.once(again, () => process.exit(1));
        });
      }
    }),
};

/** One instant for everything a command line says. */
const now = Date.now();
const configOption = () =>
  new Option('-c, --config <file>', 'settings file (YAML); default: HPA_WATCH_CONFIG, else none');

const program = new Command('hpa-watch')
  .description('Knows, for every HorizontalPodAutoscaler in every cluster, whether it behaves as it usually does.')
  .version(context.version)
  .showHelpAfterError('(hpa-watch --help tells what there is)');

program
  .command('serve')
  .description('watch the clusters and serve what is learned as JSON')
  .addOption(configOption())
  .option('--preview', 'show the Grafana app on a page of its own; the link is printed', false)
  .action((options: { config?: string; preview: boolean }) =>
    run(async () =>
      (await import('./cli/serve.ts')).serveCommand(context, {
        config: options.config ?? null,
        preview: options.preview,
      }),
    ),
  );

program
  .command('demo')
  .description('watch a simulated fleet; needs nothing else')
  .addOption(new Option('-p, --port <port>', 'port of the API').env('HPA_WATCH_PORT').argParser(port).default(8085))
  .option('--seed <number>', 'chooses load and incidents', whole, 1)
  .option('--clean', 'without incidents', false)
  .action((options: { port: number; seed: number; clean: boolean }) =>
    run(async () => (await import('./cli/demo.ts')).demoCommand(context, options)),
  );

program
  .command('simulate')
  .description('serve a simulated fleet for real Prometheus servers to scrape: /metrics and /history of each cluster')
  .option('--host <address>', 'where it listens', '127.0.0.1')
  .option('-p, --port <port>', 'of the first cluster, each further one has the next', port, 9310)
  .option('--seed <number>', 'chooses load and incidents', whole, 1)
  .option('--clean', 'without incidents', false)
  .action((options: SimulateOptions) =>
    run(async () => (await import('./cli/simulate.ts')).simulateCommand(context, options)),
  );

program
  .command('health')
  .description('ask the agent of these settings on this machine whether it is ready; exit code 1 when it is not')
  .addOption(configOption())
  .action((options: { config?: string }) =>
    run(async () => (await import('./cli/health.ts')).healthCommand(context, { config: options.config ?? null })),
  );

program
  .command('check')
  .description('try each cluster: context, forward, Prometheus, metrics; exit code 1 when one fails')
  .addOption(configOption())
  .option('--json', 'print JSON instead of a table', false)
  .action((options: { config?: string; json: boolean }) =>
    run(async () =>
      (await import('./cli/check.ts')).checkCommand(context, { config: options.config ?? null, json: options.json }),
    ),
  );

program
  .command('backup')
  .description('copy the database, while the agent may be running; the copy is checked before it gets its name')
  .addOption(configOption())
  .option('--to <file>', 'the copy, or a directory for it (default: backups/monitoring-TIME.db in the data directory)')
  .option('--force', 'replace a file that is there', false)
  .action((options: { config?: string; to?: string; force: boolean }) =>
    run(async () =>
      (await import('./cli/backup.ts')).backupCommand(
        context,
        { config: options.config ?? null, to: options.to ?? null, force: options.force },
        now,
      ),
    ),
  );

program
  .command('restore')
  .description('put a copy back; the agent must not be running, and the database that is there is kept')
  .argument('<file>', 'what backup wrote, or a database that was kept aside')
  .addOption(configOption())
  .action((backup: string, options: { config?: string }) =>
    run(async () =>
      (await import('./cli/backup.ts')).restoreCommand(context, { config: options.config ?? null, backup }, now),
    ),
  );

program
  .command('migrate')
  .description('copy the data directory into the PostgreSQL of HPA_WATCH_DATABASE_URL, while the agent may be running')
  .addOption(new Option('--from <kind>', 'what is copied').choices(['sqlite']).makeOptionMandatory())
  .addOption(new Option('--to <kind>', 'where to').choices(['postgres']).makeOptionMandatory())
  .option('--data-dir <directory>', 'the data directory (default: that of the settings)')
  .option(
    '--database-url <url>',
    'postgres://USER:PASSWORD@HOST:PORT/DATABASE (default: HPA_WATCH_DATABASE_URL, which shows the password to nobody)',
  )
  .addOption(configOption())
  .addHelpText(
    'after',
    `
The database must be empty, or filled by this command. It may be ended at any time and run again: it goes on where it was, and
copies what is new. To switch over: run it, stop the agent, run it again, start agents with HPA_WATCH_DATABASE_URL.`,
  )
  .action((options: { config?: string; dataDir?: string; databaseUrl?: string }) =>
    run(async () =>
      (await import('./cli/migrate.ts')).migrateCommand(context, {
        config: options.config ?? null,
        dataDir: options.dataDir ?? null,
        databaseUrl: options.databaseUrl ?? null,
      }),
    ),
  );

program
  .command('backtest')
  .description('judge history as if it came in minute by minute: from a file, a Prometheus or the database of an agent')
  .option('--csv <file>', 'lines of timestamp,value; - for stdin')
  .option('--prometheus <url>', 'read one HPA of this Prometheus', address)
  .option('--database <file>', 'read one HPA of the monitoring.db of an agent, which may be running')
  .option('--cluster <name>', 'its cluster', named(isClusterName, NAME_RULES.cluster))
  .option('--namespace <name>', 'its namespace', named(isNamespaceName, NAME_RULES.namespace))
  .option('--hpa <name>', 'its name', named(isHpaName, NAME_RULES.hpa))
  .addOption(
    new Option('--metric <metric>', 'the metric whose points are told').choices(PROFILED_METRICS).default('cpu'),
  )
  .option(
    '--from <time>',
    'tell of what is from here on, such as "3d ago" (default: all; --prometheus: a day)',
    instant(now),
  )
  .option('--to <time>', 'look at nothing after this', instant(now))
  .addOption(
    new Option('--step <duration>', 'tell one point each, the last in it')
      .argParser(durationWithin(MINUTE, DAY, MINUTE, 'whole minutes up to a day, such as 5m'))
      .default(MINUTE, '1m'),
  )
  .addOption(
    new Option('--baseline <duration>', 'history that the first baseline is learned from')
      .argParser(durationWithin(9 * HOUR, 28 * DAY, MINUTE, 'whole minutes from 9h to 28d'))
      .default(72 * HOUR, '72h'),
  )
  .addOption(new Option('--format <format>', 'how it is told').choices(['table', 'json']).default('table'))
  .option('--timezone <zone>', 'of the HPA (default: as in the database, else UTC)', timezone)
  .addOption(configOption())
  .action((options: BacktestOptions) =>
    run(async () => (await import('./cli/backtest.ts')).backtestCommand(context, options, now)),
  );

/** A command answers its exit code. Errors people can act on are a sentence; anything else keeps its stack. */
async function run(command: () => Promise<number>): Promise<void> {
  // Timers of the agent keep no process alive; a command that waits does.
  const alive = setInterval(() => undefined, 2 ** 30);
  try {
    process.exitCode = await command();
  } catch (error) {
    const text =
      isAgentError(error) && error.code !== 'agent/internal'
        ? error.message
        : ((error as Error).stack ?? String(error));
    process.stderr.write(`hpa-watch: ${inLines(text)}\n`);
    process.exitCode = 1;
  } finally {
    clearInterval(alive);
  }
}

process.on('uncaughtException', (error) => {
  process.stderr.write(`hpa-watch: unexpected: ${inLines(error.stack ?? String(error))}\n`);
  process.exit(70);
});

// A reader that has seen enough, such as head, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? 0);
});

await program.parseAsync();
