/** How long the one thread that serves everybody is kept at most before others have their turn. */
const LONGEST_HOLD_MS = 20;

/**
 * For long computations in small steps: `await breathe()` after each step gives timers, sockets and other work their turn whenever
 * the thread was held for a while, and costs nothing otherwise.
 */
export function createBreath(longestHoldMs = LONGEST_HOLD_MS): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < longestHoldMs) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        since = performance.now();
        resolve();
      }),
    );
  };
}
