import type { Clock } from '../core/clock.ts';
import { toAgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { NotifyReceiver } from '../domain/notify-settings.ts';
import { marksSince, planNotifications } from '../notify/decide.ts';
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
  /** Everything that fires in the cluster after the pass. */
  open: readonly Anomaly[];
};

/** One transaction: the anomalies and what has to be told of them. Also where nothing changed: a mute or a cooldown may have ended. */
export async function saveAndQueue(
  { store, receivers, clock, notify }: OutboxDeps,
  { cluster, hpas, touched, open }: Pass,
): Promise<void> {
  const now = clock.now();
  const ended = touched.filter(({ state }) => state === 'resolved');
  const marks = receivers.length === 0 ? [] : await store.notificationMarks(cluster, marksSince(receivers, now));
  const mutedUntil = new Map(
    hpas.flatMap(({ id, mutedUntil: until }) => (until === null ? [] : [[id, until] as const])),
  );
  const notifications = planNotifications({
    cluster,
    anomalies: [...open, ...ended],
    marks,
    mutedUntil,
    receivers,
    now,
  });
  if (touched.length === 0 && notifications.length === 0) return;
  const { queued } = await store.saveAnomalies({ anomalies: [...touched], notifications });
  if (queued > 0) notify();
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
