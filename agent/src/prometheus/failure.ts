import { AgentError, isAgentError } from '../core/errors.ts';

/** What came back in place of an answer. */
export type FailedAnswer = { status: number; contentType: string; location: string | null; text: string };

/** Details of `prometheus/too-many-samples`: halving the time range cannot help, fewer HPAs in one query can. */
export const QUERY_TOO_LONG = { tooLong: 'query' } as const;

export const isQueryTooLong = (error: AgentError): boolean =>
  (error.details as { tooLong?: unknown } | undefined)?.tooLong === 'query';

/** Whether a smaller request may succeed where this one failed. */
export const asksForLess = (error: unknown): error is AgentError =>
  isAgentError(error) && (error.code === 'prometheus/too-many-samples' || error.code === 'prometheus/timeout');

/**
 * The meaning of an HTTP answer that is no success.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview (400 bad_data, 422 execution, 503 timeout),
 * messages of promql/engine.go and of VictoriaMetrics.
 */
export function failureOf(answer: FailedAnswer): AgentError {
  const { status, text } = answer;
  const message = messageOf(answer);
  const failed = (code: AgentError['code'], retryable: boolean, details?: unknown) =>
    new AgentError(code, message, { retryable, details });

  if (status === 401 || status === 403) return failed('prometheus/unauthorised', false);
  if (status === 429) return failed('prometheus/throttled', true);
  if (status === 413 || status === 414 || /too long query|maxQueryLen/i.test(text))
    return failed('prometheus/too-many-samples', true, QUERY_TOO_LONG);
  if (/too many samples|exceeded maximum resolution|too many (points|(time)?series)|maxUniqueTimeseries/i.test(text))
    return failed('prometheus/too-many-samples', true);
  if (status === 504 || /"errorType":\s*"timeout"|query timed out|deadline exceeded/i.test(text))
    return failed('prometheus/timeout', true);
  if (status === 400 || status === 422) {
    return errorTypeOf(text) === null ? failed('prometheus/bad-answer', false) : failed('prometheus/refused', false);
  }
  if (status === 503) return failed('prometheus/not-ready', true);
  if (status >= 500) return failed('prometheus/server-error', true);
  return failed('prometheus/bad-answer', false);
}

function messageOf({ status, contentType, location, text }: FailedAnswer): string {
  const told = parsedError(text);
  if (told) return `Prometheus answered ${status}: ${told.error}`;
  if (location !== null)
    return `the address redirects to ${location.slice(0, 500)} (${status}); is it that of a Prometheus?`;
  if (contentType.includes('html'))
    return `a web page with status ${status} in place of an answer; is this a Prometheus?`;
  const excerpt = text.trim().slice(0, 200);
  return `Prometheus answered ${status}${excerpt ? `: ${excerpt}` : ''}`;
}

const errorTypeOf = (text: string): string | null => parsedError(text)?.errorType ?? null;

function parsedError(text: string): { errorType: string; error: string } | null {
  try {
    const body = JSON.parse(text) as { errorType?: unknown; error?: unknown } | null;
    if (typeof body?.error !== 'string') return null;
    return { errorType: typeof body.errorType === 'string' ? body.errorType : '', error: body.error.slice(0, 500) };
  } catch {
    return null;
  }
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]);

export const connectionCodeOf = (error: unknown): string => {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  return typeof code === 'string' ? code : typeof cause?.code === 'string' ? cause.code : '';
};

/** The meaning of an exception of the HTTP client; `origin` is the address asked. */
export function connectionFailure(error: unknown, origin: string): AgentError {
  const code = connectionCodeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  if (CONNECTION_CODES.has(code)) {
    const message = `no connection to Prometheus at ${origin}: ${text || code}`;
    return new AgentError('prometheus/unreachable', message, { retryable: true, cause: error });
  }
  const message = `what answers at ${origin} does not speak HTTP as Prometheus does: ${text}`;
  return new AgentError('prometheus/bad-answer', message, { retryable: true, cause: error });
}
