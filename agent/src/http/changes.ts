import type { EventBus } from '../core/events.ts';

/** Counts whatever may have changed an answer: events of the agent, and calls that write. */
export type Changes = {
  count(): number;
  /** The clusters of which something may have changed after that count; null: anything may have. */
  clustersSince(count: number): ReadonlySet<string> | null;
  note(): void;
  stop(): void;
};

export function watchChanges(events: Pick<EventBus, 'subscribe'>): Changes {
  let count = 0;
  /** The last change that names no cluster. */
  let anywhere = 0;
  const lastOf = new Map<string, number>();
  const note = () => {
    count += 1;
    anywhere = count;
  };
  const stop = events.subscribe((event) => {
    // A slot begins: nothing of an HPA changes by that.
    if (event.type === 'slot') return void (count += 1);
    if (!('cluster' in event) || event.type === 'cluster') return note();
    count += 1;
    lastOf.set(event.cluster, count);
  });
  return {
    count: () => count,
    clustersSince: (since) =>
      since < anywhere ? null : new Set([...lastOf].filter(([, at]) => at > since).map(([cluster]) => cluster)),
    note,
    stop,
  };
}
