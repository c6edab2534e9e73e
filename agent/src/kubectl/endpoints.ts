import { createServer } from 'node:net';
import type { LocalEndpoint } from '../domain/cluster.ts';
import { orAbort } from './or-abort.ts';

/** Whether something can listen there now. */
export function canListen({ address, port }: LocalEndpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Whether this system routes all of 127.0.0.0/8, so that every cluster can have an address of its own (Linux does, macOS
 * only with aliases): the condition for forwardMode persistent.
 */
export const hasManyLoopbacks = (): Promise<boolean> => canListen({ address: '127.0.0.2', port: 0 });

/**
 * One owner at a time for each local address and port: the next is let in when the one before has left, so two kubectl
 * never meet on one endpoint and no answer can come from an earlier owner's process.
 */
export type EndpointTurns = {
  /** Resolves with the function that ends the turn. Rejects with the signal's reason when it aborts while waiting. */
  enter(endpoint: LocalEndpoint, signal: AbortSignal): Promise<() => void>;
};

export function createEndpointTurns(): EndpointTurns {
  const last = new Map<string, Promise<void>>();
  return {
    async enter(endpoint, signal) {
      const key = `${endpoint.address}:${endpoint.port}`;
      const before = last.get(key) ?? Promise.resolve();
      const { promise: left, resolve: leave } = Promise.withResolvers<void>();
      const mine = before.then(() => left);
      last.set(key, mine);
      void mine.then(() => last.get(key) === mine && last.delete(key));
      await orAbort(before, signal);
      if (signal.aborted) {
        leave();
        throw signal.reason;
      }
      return leave;
    },
  };
}
