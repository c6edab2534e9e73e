import { toAgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';

/** What was started so far, to be ended in reverse order. One that fails keeps no other from ending. */
export function createStops(logger: Logger) {
  const stops: (() => unknown)[] = [];
  return {
    push: (stop: () => unknown): void => void stops.push(stop),
    all: async (): Promise<void> => {
      for (const stop of stops.splice(0).reverse())
        await Promise.resolve()
          .then(stop)
          .catch((error: unknown) => logger.error({ err: toAgentError(error) }, 'a part could not be stopped well'));
    },
  };
}
