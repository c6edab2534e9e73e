import type { Anomaly, AnomalyKind } from '../domain/anomaly.ts';
import type { NotificationDraft, NotificationMark } from '../domain/notification.ts';
import type { NotifyReceiver } from '../domain/notify-settings.ts';
import { belongsTo, groupFiring, rank, strongestFirst, worst, type Group } from './group.ts';
import { firingMessage, resolvedMessage } from './message.ts';

export type NotifyInput = {
  cluster: string;
  /** Every anomaly of the cluster that is open after this pass, and those that ended in it. */
  anomalies: readonly Anomaly[];
  /** What was told already: `Store.notificationMarks(cluster, since)`. */
  marks: readonly NotificationMark[];
  /** Muted HPAs, by id: until when. */
  mutedUntil: ReadonlyMap<number, number>;
  receivers: readonly NotifyReceiver[];
  /** Wall clock. */
  now: number;
};

/** From when on `Store.notificationMarks` is needed for the cooldown. */
export const marksSince = (receivers: readonly NotifyReceiver[], now: number): number =>
  now - Math.max(0, ...receivers.map(({ cooldown }) => cooldown));

/**
 * What has to be told to whom. Decided from what is, not from what changed: after a restart, a mute that ended or a pass that
 * was lost, the next pass says what is still to be said, and nothing twice.
 */
export const planNotifications = (input: NotifyInput): NotificationDraft[] =>
  input.receivers
    .filter(({ clusters }) => clusters === null || clusters.includes(input.cluster))
    .flatMap((receiver) => planFor(receiver, input));

function planFor(receiver: NotifyReceiver, input: NotifyInput): NotificationDraft[] {
  const { anomalies, now } = input;
  const marks = input.marks.filter((mark) => mark.receiver === receiver.name);
  const groups = groupFiring(anomalies);
  const fires = (subject: string) =>
    groups.some((group) => group.subject === subject || group.members.some((member) => belongsTo(subject, member)));
  const begun = groups.flatMap((group) => planFiring(group, receiver, { ...input, marks }));
  const ended = marks
    .filter(({ message }) => message.event === 'firing' && !fires(message.subject))
    .map((mark): NotificationDraft => {
      const ends = anomalies.filter((anomaly) => belongsTo(mark.message.subject, anomaly));
      const endedAt = Math.max(...ends.map((anomaly) => anomaly.endedAt ?? anomaly.lastSeenAt));
      return {
        receiver: receiver.name,
        topic: mark.topic,
        decidedAt: now,
        // Who refused the beginning does not wait for the end.
        deliver: receiver.sendResolved && !mark.givenUp,
        // No trace of it (its HPA is no longer watched): over as of now.
        message: resolvedMessage(mark.message, ends.length > 0 ? endedAt : now),
      };
    });
  return [...begun, ...ended];
}

function planFiring(
  group: Group,
  receiver: NotifyReceiver,
  { marks, mutedUntil, now }: NotifyInput,
): NotificationDraft[] {
  const heard = group.members.filter(
    ({ hpaId, kind, acknowledgedAt }) =>
      (receiver.kinds === null || receiver.kinds.includes(kind)) &&
      acknowledgedAt === null &&
      (mutedUntil.get(hpaId) ?? 0) <= now,
  );
  const severity = worst(heard);
  const [head] = strongestFirst(group.subject, heard);
  if (
    head === undefined ||
    rank(severity) < rank(receiver.minSeverity) ||
    !isWorthTelling(group, heard, receiver.minScore)
  )
    return [];

  const firing = marks.filter(({ message }) => message.event === 'firing');
  const own = marks.find(({ message }) => message.subject === group.subject) ?? null;
  // What was told singly before it came under a parent is known already; that a whole cluster departs is news.
  const known = firing.filter(
    ({ message }) =>
      message.subject === group.subject ||
      (!group.isClusterEvent && group.members.some(({ id }) => id === message.subject)),
  );
  if (known.some(({ message }) => rank(message.severity) >= rank(severity))) return [];
  const topic = group.isClusterEvent ? `cluster/${head.key.cluster}` : `${head.hpaId}/${head.kind}`;
  const cooling = marks.some(
    (mark) =>
      mark.topic === topic && now - mark.toldAt < receiver.cooldown && rank(mark.message.severity) >= rank(severity),
  );
  if (cooling) return [];

  const replaces = own?.message.event === 'firing' ? own.message.severity : null;
  const message = firingMessage({ group, heard, severity, before: own?.message ?? null, replaces });
  return [{ receiver: receiver.name, topic, decidedAt: now, deliver: true, message }];
}

const DEVIATIONS: ReadonlySet<AnomalyKind> = new Set([
  'cpu_deviation',
  'memory_deviation',
  'replicas_deviation',
  'pressure_deviation',
]);

/** A fleet of thousands has many small deviations of one metric; those are shown, not told, unless several metrics or HPAs agree. */
function isWorthTelling({ isClusterEvent }: Group, heard: readonly Anomaly[], minScore: number): boolean {
  if (isClusterEvent) return true;
  const weak = heard.filter(
    ({ kind, severity, score }) => DEVIATIONS.has(kind) && severity !== 'critical' && score < minScore,
  );
  if (weak.length < heard.length) return true;
  return new Set(weak.map(({ hpaId }) => hpaId)).size < weak.length;
}
