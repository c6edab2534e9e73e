import { createHmac } from 'node:crypto';
import type { QueuedNotification } from '../domain/notification.ts';
import type { NotifyReceiver } from '../domain/notify-settings.ts';
import { deliveryIdOf, endpointOf, type Receiver } from './receiver.ts';
import { fillTemplate } from './template.ts';
import { viewOf } from './view.ts';

export type WebhookSettings = Extract<NotifyReceiver, { type: 'webhook' }>;

/** `sha256=` and the HMAC-SHA256, in hex, of the timestamp (epoch seconds), a dot and the body as it is sent. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

/** Any program that takes a POST of JSON. */
export function webhook({ name, url, timeout, secret, template, link }: WebhookSettings): Receiver {
  const endpoint = endpointOf(url);
  const bodyOf = (notification: QueuedNotification): string => {
    const { message } = notification;
    const view = viewOf(message, deliveryIdOf(notification), link);
    return JSON.stringify(
      template === null ? { version: 1, ...view, related: message.related } : fillTemplate(template, view),
    );
  };
  return {
    name,
    origin: endpoint.origin,
    timeoutMs: timeout,
    batchSize: 1,
    requestFor([notification], now) {
      if (notification === undefined) throw new RangeError('a request needs a message');
      const body = bodyOf(notification);
      const timestamp = String(Math.floor(now / 1_000));
      const headers: Record<string, string> = {
        ...endpoint.headers,
        'x-hpa-watch-delivery': encodeURIComponent(deliveryIdOf(notification).toWellFormed()),
        'x-hpa-watch-timestamp': timestamp,
      };
      if (secret !== null) headers['x-hpa-watch-signature'] = signatureOf(secret, timestamp, body);
      return { url: endpoint.url, headers, body };
    },
    refresh: null,
  };
}
