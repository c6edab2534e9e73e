#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { isAgentError } from './core/errors.ts';

/** What every command gets of the process; nothing below cli/ touches it. */
const context = {
  env: process.env,
  cwd: process.cwd(),
  version: (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
    .version,
  terminal: process.stderr.isTTY,
  print: (text: string) => void process.stdout.write(`${text}\n`),
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

const port = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('allowed: a port from 0 (any free one) to 65535');
};
const whole = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('allowed: a whole number from 0 to 999999999');
};
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
  .action((options: { config?: string }) =>
    run(async () => (await import('./cli/serve.ts')).serveCommand(context, { config: options.config ?? null })),
  );

program
  .command('demo')
  .description('watch a simulated fleet; needs nothing else')
  .option('-p, --port <port>', 'port of the API', port, 8085)
  .option('--seed <number>', 'chooses load and incidents', whole, 1)
  .option('--clean', 'without incidents', false)
  .action((options: { port: number; seed: number; clean: boolean }) =>
    run(async () => (await import('./cli/demo.ts')).demoCommand(context, options)),
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
    process.stderr.write(`hpa-watch: ${text}\n`);
    process.exitCode = 1;
  } finally {
    clearInterval(alive);
  }
}

process.on('uncaughtException', (error) => {
  process.stderr.write(`hpa-watch: unexpected: ${error.stack ?? String(error)}\n`);
  process.exit(70);
});

await program.parseAsync();
