import { lookup } from 'node:dns/promises';
import { createServer as createHttpServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { SECOND } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import { CONNECTION_LIMITS, limitConnections, type ConnectionLimits } from './connections.ts';

export type HttpOptions = {
  app: RequestListener;
  host: string;
  /** 0: any free port. */
  port: number;
  /** PEM texts. */
  tls?: PemPair;
  /** A name is listened on only where it is loopback. */
  onlyLoopback?: boolean;
  limits?: Partial<ServerLimits>;
};

export type PemPair = { cert: string; key: string };

export type ServerLimits = ConnectionLimits & {
  /** From the opening of a connection, or the first byte of a further request, to the end of its headers. */
  headersMs: number;
  /** To the end of its body. */
  requestMs: number;
  /** Without a request on a connection that had one. */
  idleMs: number;
  /** How often those three are looked at. */
  checkEveryMs: number;
};

export const SERVER_LIMITS: ServerLimits = {
  ...CONNECTION_LIMITS,
  headersMs: 10 * SECOND,
  requestMs: 30 * SECOND,
  idleMs: 65 * SECOND,
  checkEveryMs: SECOND,
};

export type RunningHttp = {
  url: string;
  port: number;
  /** New connections get this certificate; those that are open keep theirs. */
  useCertificate(pair: PemPair): void;
  /** Ends streams and idle connections at once, running requests within a second. */
  stop(): Promise<void>;
};

const STOP_GRACE_MS = 700;
const MAX_HEADERS = 100;
const TLS = { minVersion: 'TLSv1.2' } as const;
/** Address and headers of a call. A hundred HPAs named in one address, with clusters called by their ARN. */
const MAX_HEADER_BYTES = 65_536;

/** @throws AgentError `agent/port-in-use`, `config/invalid` where the host is not an address of this machine */
export async function startHttp({
  app,
  host,
  port,
  tls,
  onlyLoopback = false,
  limits,
}: HttpOptions): Promise<RunningHttp> {
  const { headersMs, requestMs, idleMs, checkEveryMs, ...ofConnections } = { ...SERVER_LIMITS, ...limits };
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: checkEveryMs,
    // One that is malformed is never guessed at.
    insecureHTTPParser: false,
    requireHostHeader: true,
  };
  const secure = tls ? createHttpsServer({ ...options, ...tls, ...TLS, handshakeTimeout: headersMs }, app) : null;
  const server = secure ?? createHttpServer(options, app);
  server.maxHeadersCount = MAX_HEADERS;
  limitConnections(server, ofConnections);
  // Whoever asks before sending a body is told to go on by the route that wants one, which nobody reaches without a token.
  server.on('checkContinue', (req, res) => server.emit('request', req, res));

  const streams = trackAnswers(server);
  await listen(server, onlyLoopback ? await loopbackOf(host) : host, port);
  const bound = (server.address() as AddressInfo).port;
  const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  let stopping: Promise<void> | null = null;
  return {
    url: `${tls ? 'https' : 'http'}://${shown}:${bound}`,
    port: bound,
    useCertificate: (pair) => secure?.setSecureContext({ ...pair, ...TLS }),
    stop: () => (stopping ??= stop(server, streams)),
  };
}

/** @throws AgentError `config/invalid` where the name means another address */
async function loopbackOf(host: string): Promise<string> {
  const { address } = await lookup(host.replace(/^\[|\]$/g, ''));
  if (address === '::1' || address.startsWith('127.')) return address;
  throw new AgentError('config/invalid', `listen.host ${host} means ${address} here, which is not a loopback address`, {
    details: { field: 'listen.host', value: host, allowed: 'a loopback address' },
  });
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
