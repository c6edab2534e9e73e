import type { Request, Response } from 'express';
import type { StreamEvent } from '../contract/api.ts';
import { SECOND, type Cancel, type Clock } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import type { EventBus } from '../core/events.ts';
import { iso } from './time-text.ts';

export type StreamLimits = { heartbeatMs: number; bufferedEvents: number; clients: number; unreadBytes: number };

export const STREAM_LIMITS: StreamLimits = {
  heartbeatMs: 15 * SECOND,
  bufferedEvents: 1_000,
  clients: 50,
  unreadBytes: 1_048_576,
};

const RETRY_MS = 3_000;

type Held = { seq: number; event: StreamEvent };

/**
 * Server-sent events with replay: https://html.spec.whatwg.org/multipage/server-sent-events.html. The last events are held, so
 * a client that comes back with Last-Event-ID misses nothing; where that is too long ago it is told by a `gap` event.
 */
export function createEventStream(deps: { events: EventBus; clock: Clock; limits?: Partial<StreamLimits> }) {
  const { clock } = deps;
  const limits = { ...STREAM_LIMITS, ...deps.limits };
  // Ids of another start of the agent must not be taken for ours.
  const run = clock.now().toString(36);
  const held: Held[] = [];
  const clients = new Set<Response>();
  let seq = 0;

  const unsubscribe = deps.events.subscribe((event) => {
    seq += 1;
    held.push({ seq, event });
    if (held.length > limits.bufferedEvents) held.shift();
    for (const client of clients) send(client, frame(event, seq));
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
      if (clients.size >= limits.clients)
        throw new AgentError('request/too-many-streams', `${limits.clients} clients read events already`, {
          retryable: true,
          details: { field: 'clients', value: clients.size, allowed: limits.clients },
        });
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
        send(res, ': still here\n\n');
        cancel = clock.after(limits.heartbeatMs, beat);
      };
      cancel = clock.after(limits.heartbeatMs, beat);
      clients.add(res);
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
      for (const client of clients) client.end();
    },
  };
}

export type EventStream = ReturnType<typeof createEventStream>;
