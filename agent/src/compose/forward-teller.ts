import type { Clock } from '../core/clock.ts';
import type { EventBus } from '../core/events.ts';
import type { Metrics } from '../core/metrics.ts';
import type { ForwardInfo } from '../domain/forward.ts';
import { errorOfForward, statusOfForward } from '../http/present-forward.ts';

/** Turns each change of a forward into an event and into metrics. */
export function forwardTeller({ events, metrics, clock }: { events: EventBus; metrics: Metrics; clock: Clock }) {
  const restarts = new Map<string, number>();
  return (info: ForwardInfo): void => {
    const { cluster, port } = info;
    const status = statusOfForward(info);
    metrics.forwardUp.set({ cluster }, status === 'active' ? 1 : 0);
    metrics.forwardRestarts.inc({ cluster }, Math.max(0, info.restarts - (restarts.get(cluster) ?? 0)));
    restarts.set(cluster, info.restarts);
    const message = (status === 'active' ? info.note : errorOfForward(info)?.message) ?? '';
    events.publish({ type: 'forward', at: new Date(clock.now()).toISOString(), cluster, status, port, message });
  };
}
