import { Pool, type Dispatcher } from 'undici';
import { sleep, systemClock, type Clock } from '../core/clock.ts';
import { AgentError, isAgentError } from '../core/errors.ts';
import { withTimeout } from '../core/signals.ts';
import { AnswerReader } from './answer-reader.ts';
import { MOST_BODY_BYTES, passOn, readBody } from './body.ts';
import type { Decoded } from './decode.ts';
import { promTime } from './escape.ts';
import { connectionFailure, failureOf } from './failure.ts';
import type { Prometheus, Series } from './prometheus.ts';

export type PrometheusClientOptions = {
  /** With a path prefix where there is one; `user:password@` becomes basic authentication. */
  baseUrl: string;
  /** Longest wait for one answer, retries included. */
  timeoutMs: number;
  clock?: Clock;
  /** Ask for zipped answers: worth it through a tunnel, a loss on the same machine. Default true. */
  compress?: boolean;
  /** Longest answer, unzipped. */
  mostBodyBytes?: number;
  /** What Prometheus warns of in a successful answer. */
  onWarning?: (warning: string) => void;
  /** Told after each request: `ok` or the error code; see hpa_watch_prometheus_requests_total. */
  onRequest?: (result: string, bytes: number) => void;
};

const MOST_RETRIES = 2;
const RETRY_DELAY_MS = 100;
const CONNECTIONS = 4;

/** A successful answer to a query is decoded on its way and has no `text`; of anything else there is nothing `decoded`. */
type Sent = { status: number; text: string; decoded: Decoded; headers: Dispatcher.ResponseData['headers'] };

const NOTHING_DECODED: Decoded = { series: [], warnings: [] };

/** One Prometheus over kept-alive connections. Queries go by POST, since a query about 500 HPAs fits no URL. */
export function createPrometheusClient(options: PrometheusClientOptions): Prometheus {
  const { timeoutMs, clock = systemClock, compress = true, mostBodyBytes = MOST_BODY_BYTES } = options;
  const url = new URL(options.baseUrl);
  const prefix = url.pathname.replace(/\/+$/, '');
  // A forward that is gone must not hold requests: timeouts are ours, one for the whole request.
  const pool = new Pool(url.origin, {
    connections: CONNECTIONS,
    keepAliveTimeout: 60_000,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-encoding': compress ? 'gzip' : 'identity',
  };
  if (url.username !== '') headers.authorization = basicAuth(url);
  let requests = 0;

  async function send(path: string, form: Record<string, string> | null, signal: AbortSignal): Promise<Sent> {
    requests += 1;
    let result = 'aborted';
    let bytes = 0;
    try {
      const answer = await pool.request({
        path: prefix + path,
        method: form === null ? 'GET' : 'POST',
        headers: form === null ? headers : { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: form === null ? null : new URLSearchParams(form).toString(),
        signal,
      });
      const encoding = header(answer.headers, 'content-encoding');
      const { statusCode: status, headers: told } = answer;
      const sent: Sent = { status, text: '', decoded: NOTHING_DECODED, headers: told };
      if (status === 200 && form !== null) {
        const reader = new AnswerReader();
        ({ wireBytes: bytes } = await passOn(answer.body, encoding, mostBodyBytes, (chunk) => reader.take(chunk)));
        sent.decoded = reader.end();
      } else {
        ({ wireBytes: bytes, text: sent.text } = await readBody(answer.body, encoding, mostBodyBytes));
      }
      result = sent.status === 200 ? 'ok' : failureOf(failedAnswer(sent)).code;
      return sent;
    } catch (error) {
      if (!signal.aborted && isAgentError(error)) result = error.code;
      if (signal.aborted || isAgentError(error)) throw error;
      result = 'prometheus/unreachable';
      throw connectionFailure(error, url.origin);
    } finally {
      options.onRequest?.(result, bytes);
    }
  }

  /** Sends until something other than a passing refusal comes back; every query only reads, so asking again is safe. */
  async function ask(path: string, form: Record<string, string> | null, caller?: AbortSignal): Promise<Sent> {
    caller?.throwIfAborted();
    const signal = withTimeout(timeoutMs, caller);
    const deadline = clock.now() + timeoutMs;
    try {
      for (let attempt = 0; ; attempt += 1) {
        const outcome = await send(path, form, signal).catch((error: unknown) => {
          if (signal.aborted || !isAgentError(error) || error.code !== 'prometheus/unreachable') throw error;
          return error;
        });
        const failure = isAgentError(outcome)
          ? outcome
          : outcome.status === 200
            ? null
            : failureOf(failedAnswer(outcome));
        if (failure === null) return outcome as Sent;
        const delayMs = isAgentError(outcome) ? RETRY_DELAY_MS : retryAfterMs(outcome, clock.now());
        const mayRetry = attempt < MOST_RETRIES && delayMs !== null && clock.now() + delayMs < deadline;
        if (!mayRetry) throw failure;
        await sleep(clock, delayMs, signal);
      }
    } catch (error) {
      if (isAgentError(error) && !signal.aborted) throw error;
      if (caller?.aborted) throw abortedError(caller.reason);
      if (!signal.aborted) throw error;
      const message = `no answer from Prometheus at ${url.origin} within ${timeoutMs / 1_000} s`;
      throw new AgentError('prometheus/timeout', message, { retryable: true, cause: error });
    }
  }

  async function query(path: string, form: Record<string, string>, signal?: AbortSignal): Promise<Series[]> {
    // Prometheus gives up when we do, and does not go on computing for nobody.
    const { decoded } = await ask(path, { ...form, timeout: `${timeoutMs / 1_000}s` }, signal);
    for (const warning of decoded.warnings) options.onWarning?.(warning);
    return decoded.series;
  }

  const client: Prometheus = {
    instant: ({ query: text, time }, signal) => query('/api/v1/query', { query: text, time: promTime(time) }, signal),
    range: ({ query: text, start, end, stepMs }, signal) =>
      query(
        '/api/v1/query_range',
        { query: text, start: promTime(start), end: promTime(end), step: promTime(stepMs) },
        signal,
      ),
    async ready(signal) {
      try {
        await ask('/-/ready', null, signal);
      } catch (error) {
        // What only speaks the query API (VictoriaMetrics, Thanos, a proxy) may not know this path.
        if (!isAgentError(error) || error.code !== 'prometheus/bad-answer') throw error;
        await client.instant({ query: 'vector(1)', time: clock.now() }, signal);
      }
    },
    get requests() {
      return requests;
    },
    close: () => pool.destroy(),
  };
  return client;
}

const header = (headers: Dispatcher.ResponseData['headers'], name: string): string => {
  const value = headers[name];
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
};

const failedAnswer = ({ status, text, headers }: Sent) => ({
  status,
  text,
  contentType: header(headers, 'content-type'),
  location: header(headers, 'location') || null,
});

/** How long the server asks to wait before the same request, ms; null where it does not ask to come again. */
function retryAfterMs({ status, headers }: Sent, now: number): number | null {
  const text = header(headers, 'retry-after');
  if ((status !== 503 && status !== 429) || text === '') return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

const basicAuth = ({ username, password }: URL): string =>
  `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;

const abortedError = (reason: unknown): AgentError =>
  isAgentError(reason)
    ? reason
    : new AgentError('agent/aborted', 'the request was given up', { retryable: true, cause: reason });
