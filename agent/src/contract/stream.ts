import type { AgentEvent } from './events.ts';

/**
 * What a client of GET /api/v1/events reads. `gap` comes first on a connection whose Last-Event-ID is older than what the
 * agent still holds (or from before its start): events were missed, so read the lists again.
 */
export type StreamEvent = AgentEvent | { type: 'gap'; at: string };
