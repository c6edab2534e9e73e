/** How long the one thread that serves everybody is kept at most before others have their turn. */
const LONGEST_HOLD_MS = 20;

// One for the whole thread: of twenty computations that go on at once each would keep to its own share, and all of them together hold the
// thread twenty times as long.
let heldSince = performance.now();
const waiting: (() => void)[] = [];

/** One computation a turn of the event loop, first come first served. */
function nextTurn(): void {
  heldSince = performance.now();
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(nextTurn);
}

/**
 * For long computations in small steps: `await breathe()` after each step gives timers, sockets and other work their turn whenever
 * the thread was held for a while, and costs next to nothing otherwise.
 */
export function createBreath(longestHoldMs = LONGEST_HOLD_MS): () => Promise<void> | undefined {
  return () => {
    if (performance.now() - heldSince < longestHoldMs) return undefined;
    return new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) setImmediate(nextTurn);
    });
  };
}
