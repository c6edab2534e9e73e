import { createServer as createHttpServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { SECOND } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';

export type HttpOptions = {
  app: RequestListener;
  host: string;
  /** 0: any free port. */
  port: number;
  /** PEM texts. */
  tls?: { cert: string; key: string };
};

export type RunningHttp = {
  url: string;
  port: number;
  /** Ends streams and idle connections at once, running requests within a second. */
  stop(): Promise<void>;
};

const STOP_GRACE_MS = 700;
/** A hundred HPAs named in one address, with clusters called by their ARN. */
const MAX_HEADER_BYTES = 65_536;

/** @throws AgentError `agent/port-in-use`, `config/invalid` where the host is not an address of this machine */
export async function startHttp({ app, host, port, tls }: HttpOptions): Promise<RunningHttp> {
  const server = tls
    ? createHttpsServer({ ...tls, maxHeaderSize: MAX_HEADER_BYTES }, app)
    : createHttpServer({ maxHeaderSize: MAX_HEADER_BYTES }, app);
  server.headersTimeout = 10 * SECOND;
  server.requestTimeout = 30 * SECOND;
  server.keepAliveTimeout = 65 * SECOND;
  server.maxHeadersCount = 100;

  const streams = trackAnswers(server);
  await listen(server, host, port);
  const bound = (server.address() as AddressInfo).port;
  const shown = host.includes(':') ? `[${host}]` : host;
  let stopping: Promise<void> | null = null;
  return {
    url: `${tls ? 'https' : 'http'}://${shown}:${bound}`,
    port: bound,
    stop: () => (stopping ??= stop(server, streams)),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen({ host, port }, resolve);
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new AgentError(
      'agent/port-in-use',
      `Port ${port} on ${host} is in use by another program; set listen.port`,
      {
        details: { field: 'listen.port', value: port, allowed: 'a free port' },
        cause: error,
      },
    );
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    const field = error.code === 'EACCES' ? 'listen.port' : 'listen.host';
    const value = error.code === 'EACCES' ? port : host;
    const allowed = error.code === 'EACCES' ? 'a port this user may open' : 'an address of this machine';
    return new AgentError('config/invalid', `${field} ${value} is not ${allowed}`, {
      details: { field, value, allowed },
      cause: error,
    });
  }
  return error;
}

/** Answers under way. */
function trackAnswers(server: Server): ReadonlySet<ServerResponse> {
  const open = new Set<ServerResponse>();
  server.on('request', (_req, res: ServerResponse) => {
    open.add(res);
    res.on('close', () => open.delete(res));
  });
  return open;
}

const isStream = (res: ServerResponse): boolean =>
  String(res.getHeader('content-type') ?? '').startsWith('text/event-stream');

async function stop(server: Server, answers: ReadonlySet<ServerResponse>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const res of answers) {
    if (isStream(res)) res.end();
    // So that a connection ends with its running answer instead of waiting for another request.
    else if (!res.headersSent) res.setHeader('connection', 'close');
  }
  server.closeIdleConnections();
  // A stream's connection turns idle only once its last bytes are out.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
