import type { NotificationMessage } from '../domain/notification.ts';
import { replacePlaceholders, type Placeholder } from '../domain/notify-settings.ts';

/** One value a placeholder, as templates, links and the webhook's own body name them. Times are ISO 8601 UTC. */
export type MessageView = Record<Placeholder, string | number | null>;

const time = (ms: number): string => new Date(ms).toISOString();

export function viewOf(message: NotificationMessage, deliveryId: string, link: string | null): MessageView {
  const view: MessageView = {
    delivery_id: deliveryId,
    event: message.event,
    subject: message.subject,
    severity: message.severity,
    kind: message.kind ?? 'cluster_event',
    cluster: message.cluster,
    namespace: message.namespace,
    hpa: message.hpa,
    title: message.title,
    sentence: message.sentence,
    advice: message.advice,
    metric: message.metric,
    direction: message.direction,
    observed: message.observed,
    expected: message.band?.expected ?? null,
    lower: message.band?.lower ?? null,
    upper: message.band?.upper ?? null,
    score: message.score,
    started_at: time(message.startedAt),
    fired_at: time(message.firedAt),
    ended_at: message.endedAt === null ? null : time(message.endedAt),
    promql: message.promql,
    link: null,
    related_total: message.relatedTotal,
  };
  return { ...view, link: link === null ? null : linkOf(link, view) };
}

/** The link with its placeholders filled in, each value escaped for a URL; half a surrogate pair has no such form. */
const linkOf = (link: string, view: MessageView): string =>
  replacePlaceholders(link, (name) => encodeURIComponent(String(view[name as Placeholder] ?? '').toWellFormed()));
