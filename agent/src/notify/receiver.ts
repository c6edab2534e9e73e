import type { NotificationMessage, QueuedNotification } from '../domain/notification.ts';

/** A POST with a JSON body. */
export type HttpRequest = { url: string; headers: Record<string, string>; body: string };

/** A place that notifications go to: what to send, not how. */
export type Receiver = {
  name: string;
  /** Scheme, host and port: all of the address that may stand in a log. */
  origin: string;
  timeoutMs: number;
  /** Messages that one request carries at most. */
  batchSize: number;
  requestFor(batch: readonly QueuedNotification[], now: number): HttpRequest;
  /** What is repeated while it fires, for a receiver that forgets what it does not hear again; null: nothing. */
  refresh: { everyMs: number; requestFor(firing: readonly NotificationMessage[], now: number): HttpRequest } | null;
};

export type Endpoint = { url: string; origin: string; headers: Record<string, string> };

/** An address as it is asked: `user:password@` becomes basic authentication. */
export function endpointOf(address: string, path = ''): Endpoint {
  const url = new URL(address);
  const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'hpa-watch' };
  if (url.username !== '') {
    const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  url.username = '';
  url.password = '';
  if (path !== '') url.pathname = url.pathname.replace(/\/+$/, '') + path;
  return { url: url.href, origin: url.origin, headers };
}

/** Names one message to one receiver, the same at every attempt, so that a receiver can tell a repetition. */
export const deliveryIdOf = ({ createdAt, message }: QueuedNotification): string =>
  `${message.subject}:${message.event}:${message.severity}:${createdAt}`;
