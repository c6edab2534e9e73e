import { MINUTE } from '../core/clock.ts';
import type { Severity } from '../domain/anomaly.ts';
import type { NotificationMessage } from '../domain/notification.ts';
import type { NotifyReceiver } from '../domain/notify-settings.ts';
import { endpointOf, type HttpRequest, type Receiver } from './receiver.ts';
import { viewOf } from './view.ts';

/** `postableAlert` of https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
export type PostableAlert = {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
  generatorURL?: string;
};

/** As Prometheus does it: repeated each minute, so that an alert stays while it fires, and ends by itself when nobody repeats it. */
export const REPEAT_MS = MINUTE;
export const EXPIRES_MS = 5 * MINUTE;
const BATCH = 64;

const time = (ms: number): string => new Date(ms).toISOString();

/** The alerts of one message: itself, and where it became worse the end of the alert that it replaces. */
export function alertsOf(message: NotificationMessage, link: string | null, now: number): PostableAlert[] {
  // A clock that runs ahead in the cluster must not give an alert that ends before it starts.
  const startsAt = Math.min(message.startedAt, now);
  const endsAt = message.event === 'firing' ? now + EXPIRES_MS : Math.min(message.endedAt ?? now, now);
  const view = viewOf(message, message.subject, link);
  const base = {
    annotations: annotationsOf(message),
    ...(view.link === null ? {} : { generatorURL: String(view.link) }),
  };
  const alert = (severity: Severity, end: number): PostableAlert => ({
    ...base,
    labels: labelsOf(message, severity),
    startsAt: time(startsAt),
    endsAt: time(Math.max(end, startsAt)),
  });
  const itself = alert(message.severity, endsAt);
  return message.replaces === null ? [itself] : [itself, alert(message.replaces, now)];
}

/** What makes it the same alert every time: nothing here changes while it fires but the severity. */
const labelsOf = (message: NotificationMessage, severity: Severity): Record<string, string> => ({
  alertname: message.hpa === null ? 'HpaWatchClusterEvent' : 'HpaWatchAnomaly',
  cluster: message.cluster,
  ...(message.namespace === null ? { event_id: message.subject } : { namespace: message.namespace }),
  ...(message.hpa === null ? {} : { hpa: message.hpa }),
  ...(message.kind === null ? {} : { kind: message.kind }),
  severity,
});

function annotationsOf(message: NotificationMessage): Record<string, string> {
  const { title, sentence, advice, observed, band, promql, relatedTotal, related } = message;
  const also = related.map(({ namespace, hpa, kind }) => `${namespace}/${hpa} ${kind}`).join(', ');
  return {
    summary: title,
    description: sentence,
    ...(advice === null ? {} : { advice }),
    ...(observed === null ? {} : { observed: String(observed) }),
    ...(band === null ? {} : { expected: `${band.lower} to ${band.upper}` }),
    ...(relatedTotal === 0 ? {} : { related: relatedTotal > related.length ? `${also} and more` : also }),
    promql,
  };
}

/** Alertmanager, API v2. */
export function alertmanager({ name, url, timeout, link }: NotifyReceiver): Receiver {
  const endpoint = endpointOf(url, '/api/v2/alerts');
  const request = (messages: readonly NotificationMessage[], now: number): HttpRequest => ({
    url: endpoint.url,
    headers: endpoint.headers,
    body: JSON.stringify(messages.flatMap((message) => alertsOf(message, link, now))),
  });
  return {
    name,
    origin: endpoint.origin,
    timeoutMs: timeout,
    batchSize: BATCH,
    requestFor: (batch, now) =>
      request(
        batch.map(({ message }) => message),
        now,
      ),
    refresh: {
      everyMs: REPEAT_MS,
      requestFor: (firing, now) =>
        request(
          // The alert it once replaced has been ended already.
          firing.map((message) => ({ ...message, replaces: null })),
          now,
        ),
    },
  };
}
