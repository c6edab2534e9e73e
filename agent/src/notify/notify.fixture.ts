import { MINUTE } from '../core/clock.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { NotificationDraft, NotificationMark, NotificationMessage } from '../domain/notification.ts';
import { notifySchema, type NotifyReceiver } from '../domain/notify-settings.ts';
import { firingMessage } from './message.ts';

export const NOW = Date.UTC(2026, 0, 5, 12);

/** Receivers as the settings file gives them. */
export const receiversOf = (...settings: Record<string, unknown>[]): NotifyReceiver[] => notifySchema.parse(settings);
export const receiver = (settings: Record<string, unknown> = {}): NotifyReceiver => {
  const [one] = receiversOf({ type: 'webhook', name: 'r', url: 'http://127.0.0.1:1/hook', ...settings });
  if (one === undefined) throw new Error('no receiver');
  return one;
};

/** A firing anomaly of payments/api in prod that began five minutes ago. */
export const anomaly = (id: string, values: Partial<Anomaly> = {}): Anomaly => ({
  id,
  hpaId: 1,
  key: { cluster: 'prod', namespace: 'payments', hpa: 'api' },
  kind: 'cpu_deviation',
  severity: 'warning',
  state: 'firing',
  startedAt: NOW - 5 * MINUTE,
  firedAt: NOW - 2 * MINUTE,
  lastSeenAt: NOW - MINUTE,
  endedAt: null,
  metric: 'cpu',
  direction: 'over',
  observed: 164,
  band: { expected: 70, lower: 61, upper: 88 },
  score: 6,
  sentence: 'CPU of payments/api is 164 % of request; at this hour it is usually 61-88 %.',
  advice: 'Look at the deploy at 14:05.',
  promql: 'sum(rate(container_cpu_usage_seconds_total[5m]))',
  parentId: null,
  clusterEventId: null,
  acknowledgedAt: null,
  excluded: false,
  ...values,
});

export const message = (values: Partial<NotificationMessage> = {}): NotificationMessage => {
  const one = anomaly('a');
  const group = { subject: 'a', isClusterEvent: false, members: [one] };
  return { ...firingMessage({ group, heard: [one], severity: 'warning', before: null, replaces: null }), ...values };
};

/** The marks that are left when these drafts were queued and delivered, as the store keeps them. */
export function marksAfter(
  marks: readonly NotificationMark[],
  drafts: readonly NotificationDraft[],
): NotificationMark[] {
  const kept = new Map(marks.map((mark) => [`${mark.receiver} ${mark.message.subject}`, mark]));
  for (const { receiver: name, topic, decidedAt, message: told } of drafts) {
    const key = `${name} ${told.subject}`;
    const toldAt = told.event === 'firing' ? decidedAt : (kept.get(key)?.toldAt ?? decidedAt);
    kept.set(key, { receiver: name, topic, decidedAt, toldAt, givenUp: false, message: told });
  }
  return [...kept.values()];
}
