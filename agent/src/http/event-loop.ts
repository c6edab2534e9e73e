import { monitorEventLoopDelay } from 'node:perf_hooks';
import { MINUTE, type Clock } from '../core/clock.ts';

export type EventLoopWatch = {
  /** How late the process reacted, at worst but for one in a hundred times, in the last minute or two; null: not known yet. */
  p99Ms(): number | null;
  stop(): void;
};

const RESOLUTION_MS = 20;
const NS_PER_MS = 1e6;

/** A histogram of its own: the one behind /metrics begins anew with every scrape. */
export function watchEventLoop(clock: Pick<Clock, 'now'>): EventLoopWatch {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let since = clock.now();
  let before: number | null = null;
  const current = (): number | null =>
    // What is measured is the time between two looks, so its usual length is in it.
    delays.count === 0 ? null : Math.max(0, Math.round(delays.percentile(99) / NS_PER_MS - RESOLUTION_MS));
  return {
    p99Ms() {
      const now = current();
      if (clock.now() - since >= MINUTE) {
        since = clock.now();
        before = now;
        delays.reset();
      }
      return now === null ? before : Math.max(now, before ?? 0);
    },
    stop: () => void delays.disable(),
  };
}
