import type { EventBus } from '../core/events.ts';

/** Counts whatever may have changed an answer: events of the agent, and calls that write. */
export type Changes = { count(): number; note(): void; stop(): void };

export function watchChanges(events: Pick<EventBus, 'subscribe'>): Changes {
  let count = 0;
  const note = () => void count++;
  return { count: () => count, note, stop: events.subscribe(note) };
}
