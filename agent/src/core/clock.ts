/** Time as a dependency: everything that acts at a time takes a Clock, everything that only decides takes `now`. */
export type Clock = {
  /** Epoch milliseconds, UTC. */
  now(): number;
  /** Calls `fn` once after `ms`; the returned function cancels it. Never keeps the process alive by itself. */
  after(ms: number, fn: () => void): Cancel;
};

export type Cancel = () => void;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, Math.max(0, ms));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms` by `clock`; rejects with the signal's reason when `signal` aborts first. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(asError(signal.reason));
    const onAbort = () => {
      cancel();
      reject(asError(signal?.reason));
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The last multiple of `stepMs` at or before `ts`. */
export const floorTo = (ts: number, stepMs: number): number => Math.floor(ts / stepMs) * stepMs;
