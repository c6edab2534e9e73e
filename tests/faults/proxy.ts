import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MINUTE } from '../../agent/src/core/clock.ts';
import { freePort } from '../rig/free-port.ts';

/** What goes wrong between the tunnel and Prometheus. */
export type ProxyFault =
  /** Each answer comes so late. */
  | { kind: 'delay'; ms: number }
  /** This in place of the answer. */
  | { kind: 'status'; status: number; body: string; headers?: Record<string, string> }
  /** The answer's text is changed; its length is right. */
  | { kind: 'rewrite'; to: (text: string) => string }
  /** Half of the answer, then the connection ends. */
  | { kind: 'cut' };

export type Asked = { path: string; form: URLSearchParams };

export type FaultProxy = {
  port: number;
  /** Queries that came in, of all kinds. */
  queries(): number;
  setFault(fault: ProxyFault | null): void;
  /** Queries like this wait from here on. */
  hold(which: (asked: Asked) => boolean): void;
  held(): number;
  release(): void;
  /** Values of these minutes are NaN and infinite, whenever they are asked for: so they were scraped. */
  poison(range: { from: number; to: number }): void;
  /** Ends every connection that is open. */
  drop(): void;
  /** Nobody listens any more, or again. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
};

/** How long Prometheus still shows the last sample of a series. */
const LOOK_BACK_MS = 5 * MINUTE;
const EMPTY = (type: string): string => JSON.stringify({ status: 'success', data: { resultType: type, result: [] } });

/**
 * Stands before a Prometheus whose history goes on past `now`: what is later than `now` is not there yet, as it would not be in one
 * that scrapes. And it can go wrong.
 */
export async function startFaultProxy(prometheusUrl: string, now: () => number): Promise<FaultProxy> {
  const port = await freePort();
  const poisoned: { from: number; to: number }[] = [];
  let fault: ProxyFault | null = null;
  let which: ((asked: Asked) => boolean) | null = null;
  let waiting: (() => void)[] = [];
  let queries = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '/';
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    if (form.has('query')) queries += 1;
    if (which?.({ path, form })) await new Promise<void>((resolve) => waiting.push(resolve));
    // A fault in place by now is met by what was on its way, too.
    const met = fault;
    if (met?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, met.ms).unref());
    if (met?.kind === 'status')
      return void response.writeHead(met.status, { 'content-type': 'text/plain', ...met.headers }).end(met.body);
    const { status, type, text } = await ask(path, form);
    const body = met?.kind === 'rewrite' && form.has('query') ? met.to(text) : text;
    if (met?.kind === 'cut') {
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
      response.write(body.slice(0, Math.floor(body.length / 2)), () => response.destroy());
      return;
    }
    response.writeHead(status, { 'content-type': type }).end(body);
  }

  async function ask(path: string, form: URLSearchParams): Promise<{ status: number; type: string; text: string }> {
    const seconds = Math.floor(now() / 1_000);
    const [time, start, end, step] = ['time', 'start', 'end', 'step'].map((name) => Number(form.get(name)));
    const json = { status: 200, type: 'application/json' };
    if (form.has('time')) {
      if ((time ?? 0) > seconds + LOOK_BACK_MS / 1_000) return { ...json, text: EMPTY('vector') };
      form.set('time', String(Math.min(time ?? 0, seconds)));
    }
    if (form.has('end')) {
      if ((start ?? 0) > seconds) return { ...json, text: EMPTY('matrix') };
      form.set('end', String(Math.min(end ?? 0, seconds)));
    }
    const answered = form.has('query')
      ? await fetch(prometheusUrl + path, { method: 'POST', body: form })
      : await fetch(prometheusUrl + path);
    const text = await answered.text();
    const type = answered.headers.get('content-type') ?? 'text/plain';
    const isAhead = form.has('end') && (end ?? 0) > seconds;
    const isChanged = isAhead || (poisoned.length > 0 && form.has('query'));
    return {
      status: answered.status,
      type,
      text: isChanged
        ? changed(text, isAhead ? { until: Math.min(end ?? 0, seconds + 300), step: step ?? 60 } : null)
        : text,
    };
  }

  function changed(text: string, ahead: { until: number; step: number } | null): string {
    const body = JSON.parse(text) as { data?: { result?: { values?: Point[]; value?: Point }[] } };
    for (const series of body.data?.result ?? []) {
      if (ahead && series.values) series.values = carriedOn(series.values, ahead);
      series.values?.forEach((point, i) => poisonPoint(point, i));
      if (series.value) poisonPoint(series.value, 0);
    }
    return JSON.stringify(body);
  }

  function poisonPoint(point: Point, i: number): void {
    const at = point[0] * 1_000;
    if (poisoned.some(({ from, to }) => at >= from && at <= to)) point[1] = ['NaN', '+Inf', '-Inf'][i % 3] ?? 'NaN';
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const up = async (): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const down = async (): Promise<void> => {
    server.closeAllConnections();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  await up();
  return {
    port: (server.address() as AddressInfo).port,
    queries: () => queries,
    setFault: (next) => (fault = next),
    hold: (predicate) => (which = predicate),
    held: () => waiting.length,
    release() {
      which = null;
      const all = waiting;
      waiting = [];
      all.forEach((go) => go());
    },
    poison: (range) => void poisoned.push(range),
    drop: () => server.closeAllConnections(),
    down,
    up,
    stop: down,
  };
}

type Point = [number, string];

/** The last sample is shown for five minutes more. */
function carriedOn(values: Point[], { until, step }: { until: number; step: number }): Point[] {
  const last = values.at(-1);
  if (!last) return values;
  const carried = [...values];
  for (let at = last[0] + step; at <= until; at += step) carried.push([at, last[1]]);
  return carried;
}
