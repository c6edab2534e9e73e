import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { loadConfig } from '../config/load.ts';
import { SECOND } from '../core/clock.ts';
import type { CommandContext } from './context.ts';

const TIMEOUT_MS = 4 * SECOND;

/** Asks the agent of these settings whether it is ready. Answers the exit code: 0 ready, 1 anything else. */
export async function healthCommand(
  context: CommandContext,
  { config: file }: { config: string | null },
): Promise<number> {
  const { listen, tls } = loadConfig({ file, env: context.env, cwd: context.cwd });
  const url = readinessUrl(listen, tls !== null);
  const outcome = await statusOf(url);
  const ready = outcome === 200;
  context.print(ready ? 'ready' : `not ready: ${url} ${typeof outcome === 'number' ? `answered ${outcome}` : outcome}`);
  return ready ? 0 : 1;
}

/** Where an agent that listens on `host` answers its own machine. */
export function readinessUrl({ host, port }: { host: string; port: number }, isTls: boolean): string {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${isTls ? 'https' : 'http'}://${own.includes(':') ? `[${own}]` : own}:${port}/readyz`;
}

/** The HTTP status, or why there is none. */
function statusOf(url: string): Promise<number | string> {
  return new Promise((resolve) => {
    const options = { timeout: TIMEOUT_MS, agent: false };
    const request = url.startsWith('https:')
      ? // The certificate names the host that others call, and is ours anyway.
        httpsGet(url, { ...options, rejectUnauthorized: false })
      : httpGet(url, options);
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('timeout', () => request.destroy(new Error(`gave no answer within ${TIMEOUT_MS / SECOND} s`)));
    request.on('error', ({ message }) => resolve(message));
  });
}
