import type { Clock } from '../core/clock.ts';
import type { EventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import type { Transition } from '../detect/lifecycle.ts';

/** One log line and one event for a change that people hear of. */
export function tellAnomaly(
  { clock, events, logger }: { clock: Clock; events: EventBus; logger: Logger },
  { change, anomaly }: Transition,
): void {
  const { id, key, kind, severity, state, sentence } = anomaly;
  logger.info({ ...key, kind, severity, id }, change === 'resolved' ? `over: ${sentence}` : sentence);
  const at = new Date(clock.now()).toISOString();
  events.publish({ type: 'anomaly', at, id, ...key, kind, severity, state, sentence });
}
