import { toAgentError } from '../core/errors.ts';
import type { NotifyReceiver } from '../domain/notify-settings.ts';
import { alertmanager } from './alertmanager.ts';
import { startLane, type Lane, type LaneDeps, type NotificationQueue } from './lane.ts';
import type { Receiver } from './receiver.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';

export type SenderDeps = Omit<LaneDeps, 'queue'> & {
  queue: NotificationQueue & { keepReceivers(names: string[]): Promise<{ dropped: number }> };
  receivers: readonly NotifyReceiver[];
};

export type Sender = {
  /** There may be something new to send. Returns at once. */
  kick(): void;
  /** What is on its way gets a second; the rest stays in the queue. Before the store is closed. */
  stop(): Promise<void>;
};

export function receiverOf(settings: NotifyReceiver): Receiver {
  if (settings.type === 'webhook') return webhook(settings);
  return settings.type === 'slack' ? slack(settings) : alertmanager(settings);
}

/**
 * Sends what is queued, each receiver for itself, beginning with what an earlier run left. What was queued for a receiver that
 * is no longer in the settings is dropped.
 */
export function startSender({ receivers, ...deps }: SenderDeps): Sender {
  const { queue, logger } = deps;
  let lanes: Lane[] = [];
  let stopped = false;

  const starting = queue
    .keepReceivers(receivers.map(({ name }) => name))
    .then(({ dropped }) => {
      if (dropped > 0) logger.warn({ dropped }, 'notifications to receivers that are no longer set were dropped');
    })
    .catch((error: unknown) =>
      logger.warn({ code: toAgentError(error).code }, 'old receivers could not be forgotten; trying at the next start'),
    )
    .then(() => {
      if (!stopped) lanes = receivers.map((settings) => startLane(receiverOf(settings), deps));
    });

  return {
    kick: () => lanes.forEach((lane) => lane.kick()),
    async stop() {
      stopped = true;
      await starting;
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
}
