import { startAgent } from '../compose/agent.ts';
import { loadConfig } from '../config/load.ts';
import { createLogger } from '../core/logger.ts';
import type { CommandContext } from './context.ts';
import { previewShownBy } from './preview-link.ts';

/** Runs the agent until a signal. Answers the exit code. */
export async function serveCommand(
  context: CommandContext,
  { config: file, preview }: { config: string | null; preview: boolean },
): Promise<number> {
  const config = loadConfig({ file, env: context.env, cwd: context.cwd });
  const logger = createLogger({ level: config.logLevel, pretty: context.terminal });
  const agent = await startAgent({
    config,
    logger,
    env: context.env,
    version: context.version,
    preview: preview ? previewShownBy(context) : null,
  });
  logger.info({ url: agent.url, clusters: config.clusters.length }, 'HPA Watch is listening');
  if (agent.keptToken)
    logger.info(
      { file: agent.keptToken.path },
      agent.keptToken.created ? 'a token was made; it stands in this file' : 'the token stands in this file',
    );
  const signal = await context.untilSignal();
  logger.info({ signal }, 'stopping');
  await agent.stop();
  logger.info('stopped');
  return 0;
}
