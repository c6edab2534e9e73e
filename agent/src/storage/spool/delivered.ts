import type { NotificationOutcome } from '../../domain/notification.ts';
import type { Store } from '../store.ts';
import { isPassing } from './outage.ts';

type Queue = Pick<Store, 'dueNotifications' | 'settleNotification'>;

/** Notifications that were delivered when the database could not be told so any more: they must not be delivered again. */
export function createDelivered(store: Queue, onWaiting: () => void): Queue & { flush(): Promise<void> } {
  const settled = new Map<number, NotificationOutcome>();
  return {
    async settleNotification(id, outcome) {
      try {
        await store.settleNotification(id, outcome);
      } catch (error) {
        if (!isPassing(error)) throw error;
        settled.set(id, outcome);
        onWaiting();
      }
    },
    async dueNotifications(...asked) {
      const { items, nextAt } = await store.dueNotifications(...asked);
      return { items: items.filter(({ id }) => !settled.has(id)), nextAt };
    },
    async flush() {
      for (const [id, outcome] of settled) {
        await store.settleNotification(id, outcome).catch((error: unknown) => {
          if (isPassing(error)) throw error;
        });
        settled.delete(id);
      }
    },
  };
}
