import { SECOND, type Clock } from '../core/clock.ts';
import { toAgentError } from '../core/errors.ts';
import type { EventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { Store } from '../storage/store.ts';

export type FiringViewDeps = {
  store: Pick<Store, 'openAnomalies' | 'anomalyChanges'>;
  clock: Clock;
  events: EventBus;
  logger: Logger;
};

export type FiringView = {
  /** All that fire, whoever judges them: as of 2 s ago at most, or of the last time the database answered. */
  firing(): Anomaly[];
  /** Somebody said something of it just now. */
  replace(anomaly: Anomaly): void;
  stop(): Promise<void>;
};

const EVERY_MS = 2 * SECOND;

/** What fires in all clusters, where several agents share a database: followed in it, change by change. */
export async function startFiringView({ store, clock, events, logger }: FiringViewDeps): Promise<FiringView> {
  const firing = new Map<string, Anomaly>();
  let revision: string | null = null;
  let stopped = false;
  let failing = false;
  let cancel = () => {};
  let reading: Promise<void> = Promise.resolve();

  async function read(): Promise<void> {
    const answer = await store.anomalyChanges({ state: 'firing', limit: 1 }, revision);
    if (answer.changed === null) {
      const open = await store.openAnomalies();
      firing.clear();
      for (const anomaly of open) note(anomaly);
    } else {
      for (const anomaly of answer.changed.items) note(anomaly);
      for (const id of answer.changed.removed) firing.delete(id);
    }
    revision = answer.revision;
  }

  function note(anomaly: Anomaly): void {
    if (anomaly.state === 'firing') firing.set(anomaly.id, anomaly);
    else firing.delete(anomaly.id);
  }

  /** One after the other; what comes while one is on its way is read by the next. */
  function look(): Promise<void> {
    cancel();
    reading = reading.then(async () => {
      try {
        if (!stopped) await read();
        failing = false;
      } catch (error) {
        if (!failing && !stopped) logger.warn({ err: toAgentError(error) }, 'what fires cannot be read; trying again');
        failing = true;
      }
    });
    return reading.then(() => {
      cancel();
      if (!stopped) cancel = clock.after(EVERY_MS, () => void look());
    });
  }

  const unsubscribe = events.subscribe((event) => {
    if (event.type === 'anomaly') void look();
  });
  await look();
  return {
    firing: () => [...firing.values()],
    replace: note,
    async stop() {
      stopped = true;
      unsubscribe();
      cancel();
      await reading;
    },
  };
}
