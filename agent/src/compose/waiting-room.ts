import { readFile } from 'node:fs/promises';
import type { Config } from '../config/load.ts';
import type { Clock } from '../core/clock.ts';
import type { AgentError } from '../core/errors.ts';
import { certificatePair } from '../http/certificate.ts';
import { toFailure } from '../http/errors.ts';
import { startHttp } from '../http/server.ts';

export type WaitingRoomOptions = {
  config: Pick<Config, 'listen' | 'tls'>;
  clock: Clock;
  /** What is waited for; anybody may read it. */
  reason: () => AgentError;
};

/**
 * Answers at the agent's address while it cannot serve yet: it is alive (/healthz), and everything else is a 503 with the reason, so that whoever
 * watches the agent neither takes it for dead nor for ready.
 */
export async function openWaitingRoom({ config, clock, reason }: WaitingRoomOptions): Promise<{
  port: number;
  close(): Promise<void>;
}> {
  const { listen, tls } = config;
  const pair = tls && certificatePair(await readFile(tls.cert, 'utf8'), await readFile(tls.key, 'utf8'), clock.now());
  const http = await startHttp({
    host: listen.host,
    port: listen.port,
    ...(pair && { tls: pair }),
    onlyLoopback: pair === null && !listen.allowPublic,
    app(request, response) {
      const isAlive = request.url === '/healthz';
      const body = isAlive ? { status: 'success' } : toFailure(reason(), '').body;
      response.writeHead(isAlive ? 200 : 503, {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        ...(isAlive ? {} : { 'retry-after': '5' }),
      });
      response.end(JSON.stringify(body));
    },
  });
  return { port: http.port, close: () => http.stop() };
}
