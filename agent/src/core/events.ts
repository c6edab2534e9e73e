import type { AgentEvent } from '../contract/events.ts';

export type EventBus = {
  publish(event: AgentEvent): void;
  /** Calls `listener` for every later event; the returned function ends it. A listener must not throw. */
  subscribe(listener: (event: AgentEvent) => void): () => void;
};

export function createEventBus(): EventBus {
  const listeners = new Set<(event: AgentEvent) => void>();
  return {
    publish: (event) => listeners.forEach((listener) => listener(event)),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
