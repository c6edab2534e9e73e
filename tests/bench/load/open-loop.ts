import { Pool } from 'undici';
import type { ReadCall } from '../../rig/read-mix.ts';

/** What became of the calls of one route. Times in ms, from the instant a call was due to the last byte of its answer. */
export type RouteTimes = { ms: number[]; statuses: Map<number, number>; bytes: number };

export type LoadOutcome = {
  routes: Map<string, RouteTimes>;
  /** How late calls were sent, ms: what the driver itself, or the machine under it, was late. */
  lateMs: number[];
  /** Calls that got no answer at all. */
  broken: string[];
};

export type LoadOptions = {
  url: string;
  authorization: string;
  next: () => ReadCall;
  /** Calls a second. */
  rate: number;
  seconds: number;
};

/** Browsers and a Grafana server that all keep their connections. */
const CONNECTIONS = 50;
const ANSWER_WITHIN_MS = 30_000;

/**
 * Sends at a constant rate whatever becomes of the calls before, and counts each from the instant it was due: an agent that is slow for a
 * second shows in all the calls of that second. A tool that waits for answers, on so many connections, asks less of a server that is slow, and
 * what corrects for that (autocannon) makes up the times it did not measure; nor could it ask with what the answers before gave (ETag, since).
 */
export async function runLoad({ url, authorization, next, rate, seconds }: LoadOptions): Promise<LoadOutcome> {
  const pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1, bodyTimeout: ANSWER_WITHIN_MS });
  const outcome: LoadOutcome = { routes: new Map(), lateMs: [], broken: [] };
  const open = new Set<Promise<void>>();

  async function send(call: ReadCall, due: number): Promise<void> {
    const { route, method, path, headers, body = null, learn } = call;
    try {
      const answer = await pool.request({
        method,
        path,
        headers: { ...headers, authorization },
        body,
        headersTimeout: ANSWER_WITHIN_MS,
      });
      const bytes = await answer.body.bytes();
      const times = outcome.routes.get(route) ?? { ms: [], statuses: new Map<number, number>(), bytes: 0 };
      outcome.routes.set(route, times);
      times.ms.push(performance.now() - due);
      times.bytes += bytes.length;
      times.statuses.set(answer.statusCode, (times.statuses.get(answer.statusCode) ?? 0) + 1);
      const { etag } = answer.headers;
      if (answer.statusCode === 200)
        learn?.({ etag: Array.isArray(etag) ? etag[0] : etag, body: () => Buffer.from(bytes).toString() });
    } catch (error) {
      outcome.broken.push(`${method} ${path}: ${(error as Error).message}`);
    }
  }

  const startedAt = performance.now();
  const calls = rate * seconds;
  for (let sent = 0; sent < calls;) {
    const due = startedAt + (sent * 1_000) / rate;
    const now = performance.now();
    if (now < due) {
      await new Promise((resolve) => setTimeout(resolve, due - now));
      continue;
    }
    outcome.lateMs.push(now - due);
    const call: Promise<void> = send(next(), due).finally(() => open.delete(call));
    open.add(call);
    sent += 1;
  }
  await Promise.all(open);
  pool.close().catch(() => undefined);
  return outcome;
}

export type ScanSeen = { cluster: string; result: string; startedAt: number; endedAt: number; error?: string };

type ScanEvent = { at: string; cluster: string; result: string; duration_ms: number; error?: { code: string } };

/** Hears of every scan of an agent by its event stream. */
export async function hearScans(url: string, authorization: string): Promise<{ scans: ScanSeen[]; stop(): void }> {
  const over = new AbortController();
  const answer = await fetch(`${url}/api/v1/events`, { headers: { authorization }, signal: over.signal });
  const scans: ScanSeen[] = [];
  const read = async () => {
    let text = '';
    for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const frames = (text + piece).split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const data = /^event: scan\ndata: (.*)$/m.exec(frame)?.[1];
        if (data === undefined) continue;
        const { at, cluster, result, duration_ms, error } = JSON.parse(data) as ScanEvent;
        const endedAt = Date.parse(at);
        scans.push({ cluster, result, startedAt: endedAt - duration_ms, endedAt, ...(error && { error: error.code }) });
      }
    }
  };
  read().catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  return { scans, stop: () => over.abort() };
}
