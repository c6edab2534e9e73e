import { request as requestHttp, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Request, Response } from 'express';
import { SECOND } from '../../core/clock.ts';

export type ProxyOptions = {
  url: string;
  headers: Record<string, string>;
  /** The certificate to trust there, PEM; null: those the system trusts. */
  certificate: string | null;
  timeoutMs?: number;
};

/** As long as Grafana waits by default. */
const TIMEOUT_MS = 30 * SECOND;
/** Of this hop or of the page's session: not for the agent. */
const KEPT_BACK = ['host', 'connection', 'cookie', 'authorization', 'origin', 'referer', 'keep-alive', 'upgrade', 'te'];
const NOT_PASSED_BACK = ['set-cookie', 'connection', 'keep-alive', 'transfer-encoding'];

const without = (headers: OutgoingHttpHeaders, names: readonly string[]): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

/**
 * Sends the call on and its answer back, with the answers that Grafana's proxy gives when it cannot: 400 where the agent does not know the
 * token, 502 where nobody listens, 504 where it takes too long.
 */
export function proxyTo(req: Request, res: Response, options: ProxyOptions): void {
  const { url, headers, certificate, timeoutMs = TIMEOUT_MS } = options;
  const out = start(url, {
    method: req.method,
    headers: { ...without(req.headers, KEPT_BACK), ...headers },
    // The very certificate is what is trusted, whoever has signed it.
    ...(certificate !== null && {
      ca: certificate,
      allowPartialTrustChain: true,
      checkServerIdentity: () => undefined,
    }),
  });
  const slow = setTimeout(() => {
    fail(res, 504);
    out.destroy();
  }, timeoutMs);
  out.on('response', (answer: IncomingMessage) => {
    clearTimeout(slow);
    passBack(answer, res);
  });
  out.on('error', () => {
    clearTimeout(slow);
    fail(res, 502);
  });
  res.on('close', () => {
    clearTimeout(slow);
    out.destroy();
  });
  req.pipe(out);
}

const start = (url: string, options: object): ClientRequest =>
  url.startsWith('https:') ? requestHttps(url, options) : requestHttp(url, options);

function passBack(answer: IncomingMessage, res: Response): void {
  if (answer.statusCode === 401) {
    answer.resume();
    res.status(400).type('text/plain').send('Authentication to data source failed');
    return;
  }
  res.writeHead(answer.statusCode ?? 502, without(answer.headers, NOT_PASSED_BACK));
  answer.on('error', () => res.destroy());
  answer.pipe(res);
}

/** Grafana's proxy answers these two without a body. */
function fail(res: Response, status: 502 | 504): void {
  if (res.headersSent) res.destroy();
  else res.status(status).end();
}
