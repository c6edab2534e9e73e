import { startAgent, type AgentOptions, type RunningAgent } from '../compose/agent.ts';
import { loadConfig } from '../config/load.ts';
import { HOUR } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import { createLogger, type Logger } from '../core/logger.ts';
import type { CommandContext } from './context.ts';
import { previewShownBy } from './preview-link.ts';

/** A database that breaks again and again is not to be mended by beginning new ones. */
const MOST_RESTARTS = 3;
const RESTARTS_WITHIN_MS = HOUR;

/** Runs the agent until a signal. Answers the exit code. */
export async function serveCommand(
  context: CommandContext,
  { config: file, preview }: { config: string | null; preview: boolean },
): Promise<number> {
  const config = loadConfig({ file, env: context.env, cwd: context.cwd });
  const logger = createLogger({ level: config.logLevel, pretty: context.terminal });
  const restarts: number[] = [];
  const options: AgentOptions = {
    config,
    logger,
    env: context.env,
    version: context.version,
    preview: preview ? previewShownBy(context) : null,
  };
  let agent = await startAgent(options);
  const signalled = context.untilSignal();
  for (;;) {
    tellStarted(agent, config.clusters.length, logger);
    const end = await Promise.race([signalled, agent.broken]);
    if (typeof end === 'string') {
      logger.info({ signal: end }, 'stopping');
      await agent.stop();
      logger.info('stopped');
      return 0;
    }
    logger.error({ code: end.code }, `${end.message} Starting anew.`);
    await agent.stop();
    assertWorthwhile(restarts, end);
    // The same address: whoever asks this agent finds it there again.
    const listen = { ...config.listen, port: config.listen.port || Number(new URL(agent.url).port) };
    agent = await startAgent({ ...options, config: { ...config, listen }, databaseCheck: 'full' });
  }
}

function tellStarted(agent: RunningAgent, clusters: number, logger: Logger): void {
  logger.info({ url: agent.url, clusters }, 'HPA Watch is listening');
  if (agent.keptToken)
    logger.info(
      { file: agent.keptToken.path },
      agent.keptToken.created ? 'a token was made; it stands in this file' : 'the token stands in this file',
    );
}

/** @throws AgentError where the last hour saw too many restarts */
function assertWorthwhile(restarts: number[], error: AgentError): void {
  const now = Date.now();
  restarts.push(now);
  while ((restarts[0] ?? now) <= now - RESTARTS_WITHIN_MS) restarts.shift();
  if (restarts.length <= MOST_RESTARTS) return;
  throw new AgentError(
    error.code,
    `The database broke ${restarts.length} times within an hour: look at the disk and the memory of this machine, or choose ` +
      `another dataDir. The last time: ${error.message}`,
    { cause: error },
  );
}
