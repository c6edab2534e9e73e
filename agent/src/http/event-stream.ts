import type { Request, Response } from 'express';
import type { StreamEvent } from '../contract/api.ts';
import { SECOND, type Cancel, type Clock } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import type { EventBus } from '../core/events.ts';
import { iso } from './time-text.ts';

export type StreamLimits = {
  heartbeatMs: number;
  bufferedEvents: number;
  clients: number;
  /** Of one token. */
  clientsPerToken: number;
  unreadBytes: number;
};

export const STREAM_LIMITS: StreamLimits = {
  heartbeatMs: 15 * SECOND,
  bufferedEvents: 1_000,
  clients: 100,
  clientsPerToken: 50,
  unreadBytes: 1_048_576,
};

const RETRY_MS = 3_000;

type Held = { seq: number; event: StreamEvent };

export type StreamDeps = {
  events: EventBus;
  clock: Clock;
  /** Whether the token behind a caller's id is still one of ours; a stream of one that is not ends with the next heartbeat. */
  knows: (caller: string) => boolean;
  limits?: Partial<StreamLimits> | undefined;
};

/**
 * Server-sent events with replay: https://html.spec.whatwg.org/multipage/server-sent-events.html. The last events are held, so
 * a client that comes back with Last-Event-ID misses nothing; where that is too long ago it is told by a `gap` event.
 */
export function createEventStream(deps: StreamDeps) {
  const { clock } = deps;
  const limits = { ...STREAM_LIMITS, ...deps.limits };
  // Ids of another start of the agent must not be taken for ours.
  const run = clock.now().toString(36);
  const held: Held[] = [];
  /** Each with the id of its caller's token. */
  const clients = new Map<Response, string>();
  let seq = 0;

  const unsubscribe = deps.events.subscribe((event) => {
    seq += 1;
    held.push({ seq, event });
    if (held.length > limits.bufferedEvents) held.shift();
    for (const client of clients.keys()) send(client, frame(event, seq));
  });

  const frame = (event: StreamEvent, id: number): string =>
    `id: ${run}-${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

  function send(client: Response, text: string): void {
    if (client.destroyed) return;
    client.write(text);
    // A client that does not read would fill the agent's memory; it can come back and be replayed.
    if (client.writableLength > limits.unreadBytes) client.destroy();
  }

  function missedBy(lastEventId: string): { gap: boolean; missed: Held[] } {
    const [theirRun, text] = lastEventId.split('-');
    const last = theirRun === run && /^\d+$/.test(text ?? '') ? Number(text) : null;
    if (last === null || last > seq) return { gap: true, missed: held };
    const oldest = held[0]?.seq ?? seq + 1;
    return { gap: last + 1 < oldest, missed: held.filter((entry) => entry.seq > last) };
  }

  return {
    /** @throws AgentError `request/too-many-streams` */
    open(req: Request, res: Response): void {
      const caller = String(res.locals['caller']);
      const ofToken = [...clients.values()].filter((other) => other === caller).length;
      if (clients.size >= limits.clients) throw tooMany('clients', clients.size, limits.clients);
      if (ofToken >= limits.clientsPerToken) throw tooMany('clients of this token', ofToken, limits.clientsPerToken);
      res.status(200).set({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no', connection: 'keep-alive' });
      if (req.method === 'HEAD') return void res.end();
      // A connection that breaks shows as `close`; its error tells nothing more.
      res.on('error', () => undefined);
      res.flushHeaders();
      res.write(`retry: ${RETRY_MS}\n\n`);
      const lastEventId = req.get('last-event-id');
      if (lastEventId) {
        const { gap, missed } = missedBy(lastEventId);
        if (gap) res.write(`event: gap\ndata: ${JSON.stringify({ type: 'gap', at: iso(clock.now()) })}\n\n`);
        for (const { seq: id, event } of missed) send(res, frame(event, id));
      }
      let cancel: Cancel;
      const beat = () => {
        if (!deps.knows(caller)) return void res.end();
        send(res, ': still here\n\n');
        cancel = clock.after(limits.heartbeatMs, beat);
      };
      cancel = clock.after(limits.heartbeatMs, beat);
      clients.set(res, caller);
      res.on('close', () => {
        cancel();
        clients.delete(res);
      });
    },
    get clients(): number {
      return clients.size;
    },
    /** Ends all streams and hears no further event. */
    stop(): void {
      unsubscribe();
      for (const client of clients.keys()) client.end();
    },
  };
}

const tooMany = (field: string, value: number, allowed: number): AgentError =>
  new AgentError('request/too-many-streams', `${value} ${field} read events already`, {
    retryable: true,
    details: { field, value, allowed },
  });

export type EventStream = ReturnType<typeof createEventStream>;
