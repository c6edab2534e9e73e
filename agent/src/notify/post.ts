import { Agent } from 'undici';
import { isAgentError } from '../core/errors.ts';
import type { Delivery } from './outcome.ts';
import { retryAfterMs } from './outcome.ts';
import type { HttpRequest } from './receiver.ts';

/** Sends one request. Never rejects; what an abort of `signal` cut off is told with its reason. */
export type Post = (request: HttpRequest, signal: AbortSignal) => Promise<Delivery>;

const CONNECTIONS = 4;
const MOST_ANSWER_BYTES = 16 * 1_024;

/** POST over kept-alive connections; timeouts are the caller's. `now` is the wall clock, for `Retry-After` as a date. */
export function createPost(now: () => number): { post: Post; close: () => Promise<void> } {
  const agent = new Agent({ connections: CONNECTIONS, keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 });
  return {
    async post({ url, headers, body }, signal) {
      try {
        const { origin, pathname, search } = new URL(url);
        const answer = await agent.request({ origin, path: pathname + search, method: 'POST', headers, body, signal });
        // What it says is not needed, but the connection is only free once it was read; the status counts however that ends.
        await answer.body.dump({ limit: MOST_ANSWER_BYTES, signal }).catch(() => undefined);
        const header = answer.headers['retry-after'];
        const retryAfter = Array.isArray(header) ? (header[0] ?? null) : (header ?? null);
        return { kind: 'answer', status: answer.statusCode, retryAfterMs: retryAfterMs(retryAfter, now()) };
      } catch (error) {
        return { kind: 'none', error: reasonOf(signal.aborted ? signal.reason : error) };
      }
    },
    close: () => agent.destroy(),
  };
}

/** A code rather than the text, which may hold the address with what is secret in it. */
function reasonOf(error: unknown): string {
  if (isAgentError(error)) return error.message;
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'no answer';
}
