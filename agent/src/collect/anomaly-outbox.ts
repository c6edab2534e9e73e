import type { Clock } from '../core/clock.ts';
import { toAgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { NotificationDraft } from '../domain/notification.ts';
import type { NotifyReceiver } from '../domain/notify-settings.ts';
import { marksSince, planNotifications } from '../notify/decide.ts';
import type { DetectorStateUpdate } from '../storage/anomaly-store.ts';
import type { Store, StoredHpa } from '../storage/store.ts';

export type OutboxDeps = {
  store: Pick<Store, 'saveAnomalies' | 'notificationMarks' | 'enqueueNotifications'>;
  receivers: readonly NotifyReceiver[];
  clock: Clock;
  logger: Logger;
  /** There may be something to send. */
  notify: () => void;
};

export type Pass = {
  cluster: string;
  hpas: readonly StoredHpa[];
  /** What changed and has to be kept. */
  touched: readonly Anomaly[];
  /** What the judges remember from here on. */
  states: readonly DetectorStateUpdate[];
  /** What receivers are to know now; null: nothing for now, there are older minutes to judge first. */
  tell: {
    /** Everything that fires in the cluster after the pass. */
    open: readonly Anomaly[];
    /** What ended since receivers were last told anything. */
    ended: readonly Anomaly[];
  } | null;
};

/**
 * One transaction: the anomalies, what has to be told of them, and what the judges remember. Also where nothing changed: a mute or a
 * cooldown may have ended.
 */
export async function saveAndQueue(deps: OutboxDeps, pass: Pass): Promise<void> {
  const { touched, states } = pass;
  const notifications = pass.tell === null ? [] : await draftsOf(deps, pass, pass.tell);
  if (touched.length === 0 && notifications.length === 0 && states.length === 0) return;
  const { queued } = await deps.store.saveAnomalies({ anomalies: [...touched], notifications, states: [...states] });
  if (queued > 0) deps.notify();
}

async function draftsOf(
  { store, receivers, clock }: OutboxDeps,
  { cluster, hpas }: Pass,
  { open, ended }: NonNullable<Pass['tell']>,
): Promise<NotificationDraft[]> {
  if (receivers.length === 0) return [];
  const now = clock.now();
  const marks = await store.notificationMarks(cluster, marksSince(receivers, now));
  const muted = hpas.flatMap(({ id, mutedUntil: until }) => (until === null ? [] : [[id, until] as const]));
  return planNotifications({
    cluster,
    anomalies: [...open, ...ended],
    marks,
    mutedUntil: new Map(muted),
    receivers,
    now,
  });
}

/** A cluster is watched no longer: who heard of its anomalies hears of their end. Never rejects. */
export async function tellClusterClosed(
  { store, receivers, clock, logger, notify }: OutboxDeps,
  cluster: string,
): Promise<void> {
  if (receivers.length === 0) return;
  const now = clock.now();
  try {
    const marks = await store.notificationMarks(cluster, marksSince(receivers, now));
    const drafts = planNotifications({ cluster, anomalies: [], marks, mutedUntil: new Map(), receivers, now });
    await store.enqueueNotifications(drafts);
    notify();
  } catch (error) {
    logger.warn({ cluster, err: toAgentError(error) }, 'the end of its anomalies could not be told');
  }
}
