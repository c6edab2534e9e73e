import { MINUTE, SECOND, sleep, type Clock } from '../../agent/src/core/clock.ts';
import type { HpaKey } from '../../agent/src/domain/hpa.ts';
import type { AgentProcess } from '../rig/agent.ts';
import type { FleetChild } from '../rig/fleet-child.ts';
import { createReadMix } from '../rig/read-mix.ts';

/** What people and their tools do with an agent while it runs. All times are simulated. */
export type LifeDeps = {
  agent: AgentProcess;
  fleet: FleetChild;
  clock: Clock;
  random: () => number;
  /** Read, never stopped. */
  steady: readonly HpaKey[];
  /** Stopped and enrolled again, over and over. */
  comers: readonly HpaKey[];
  /** When the Prometheus of the first cluster goes down, each time for `OUTAGE_MS`. Simulated epoch ms. */
  outages: readonly number[];
};

export type LifeCounts = {
  reads: number;
  streams: number;
  events: number;
  enrolments: number;
  clusters: number;
  outages: number;
  /** Answers that should not have been: `GET /path 500`. */
  wrong: string[];
};

const READ_EVERY_MS = 5 * SECOND;
const STREAM_EVERY_MS = 2 * MINUTE;
const STREAM_LASTS_MS = 7 * MINUTE;
const COMER_EVERY_MS = 4 * MINUTE;
const GUEST_EVERY_MS = 30 * MINUTE;
const GUEST_LASTS_MS = 10 * MINUTE;
const GUEST_HPAS = 3;
export const OUTAGE_MS = 10 * MINUTE;
const MOST_WRONG = 50;

export function startLife({ agent, fleet, clock, random, steady, comers, outages }: LifeDeps) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const counts: LifeCounts = { reads: 0, streams: 0, events: 0, enrolments: 0, clusters: 0, outages: 0, wrong: [] };
  const mix = createReadMix({ hpas: steady, random, now: () => clock.now() });
  const isWrong = (what: string) => void (counts.wrong.length < MOST_WRONG && counts.wrong.push(what));

  async function api(method: string, path: string, body?: unknown): Promise<void> {
    const { status } = await agent.api(method, path, body);
    if (status >= 400) isWrong(`${method} ${path} ${status}`);
  }

  async function read(): Promise<void> {
    const { method, path, headers, body, learn } = mix.next();
    const answer = await fetch(agent.url + path, {
      method,
      headers: { ...headers, authorization: agent.authorization },
      body: body ?? null,
    });
    const text = await answer.text();
    if (answer.status >= 400) isWrong(`${method} ${path} ${answer.status}`);
    else learn?.({ etag: answer.headers.get('etag') ?? undefined, body: () => text });
    counts.reads += 1;
  }

  /** A page that is open for a while; it goes as browsers do, by cutting the connection. */
  async function watchEvents(lastsMs: number): Promise<void> {
    const over = new AbortController();
    const cancel = lastsMs === Infinity ? () => undefined : clock.after(lastsMs, () => over.abort());
    counts.streams += 1;
    try {
      const answer = await fetch(`${agent.url}/api/v1/events`, {
        headers: { authorization: agent.authorization },
        signal: AbortSignal.any([over.signal, signal]),
      });
      if (!answer.ok || answer.body === null) return isWrong(`GET /api/v1/events ${answer.status}`);
      for await (const piece of answer.body.pipeThrough(new TextDecoderStream()))
        counts.events += piece.split('\nevent: ').length - 1;
    } catch (error) {
      if (!over.signal.aborted && !signal.aborted) throw error;
    } finally {
      cancel();
    }
  }

  const pathOf = ({ cluster, namespace, hpa }: HpaKey) => `/api/v1/monitoring/hpas/${cluster}/${namespace}/${hpa}`;
  let turn = 0;
  /** One stops, with or without its history; the one before it is back. */
  async function comeAndGo(): Promise<void> {
    const leaving = comers[turn % comers.length];
    const coming = comers[(turn + comers.length - 1) % comers.length];
    if (leaving === undefined || coming === undefined) return;
    turn += 1;
    await api('DELETE', `${pathOf(leaving)}${turn % 2 === 0 ? '?purge=true' : ''}`);
    if (turn > 1) await api('POST', '/api/v1/monitoring/hpa', coming);
    counts.enrolments += 1;
  }

  /** A cluster that is added, watched for a while and removed. */
  async function host(): Promise<void> {
    const [first] = fleet.clusters;
    if (first === undefined) return;
    await api('POST', '/api/v1/clusters', { name: 'guest', prometheus_url: first.url });
    const items = first.hpas.slice(0, GUEST_HPAS).map((hpa) => ({ cluster: 'guest', ...hpa }));
    await api('POST', '/api/v1/monitoring/hpas', { items });
    await sleep(clock, GUEST_LASTS_MS, signal);
    await api('DELETE', '/api/v1/clusters/guest');
    counts.clusters += 1;
  }

  async function fail(): Promise<void> {
    const [first] = fleet.clusters;
    if (first === undefined) return;
    for (const at of outages) {
      await sleep(clock, at - clock.now(), signal);
      await fleet.down(first.name);
      await sleep(clock, OUTAGE_MS, signal);
      await fleet.up(first.name);
      counts.outages += 1;
    }
  }

  async function every(ms: number, what: () => Promise<void>): Promise<void> {
    for (let due = clock.now() + ms; !signal.aborted; due += ms) {
      await sleep(clock, due - clock.now(), signal);
      await what();
    }
  }
  const open = new Set<Promise<void>>();
  const openStream = () => {
    const stream = watchEvents(STREAM_LASTS_MS * random()).finally(() => open.delete(stream));
    open.add(stream);
    return Promise.resolve();
  };
  const running = Promise.all([
    every(READ_EVERY_MS, read),
    every(STREAM_EVERY_MS, openStream),
    every(COMER_EVERY_MS, comeAndGo),
    every(GUEST_EVERY_MS, host),
    watchEvents(Infinity),
    fail(),
  ]);

  return {
    counts,
    /** Rejects where something of it could not go on, else it never settles. */
    failed: new Promise<never>((_, reject) => {
      running.catch((error: Error) => {
        if (!signal.aborted) reject(error);
      });
    }),
    async stop(): Promise<void> {
      stopping.abort(new Error('the soak is over'));
      await running.catch(() => undefined);
      await Promise.all(open);
    },
  };
}
