/** Time as a dependency: everything that acts at a time takes a Clock, everything that only decides takes `now`. */
export type Clock = {
  /** Epoch milliseconds, UTC. */
  now(): number;
  /** Calls `fn` once after `ms`; the returned function cancels it. Never keeps the process alive by itself. */
  after(ms: number, fn: () => void): Cancel;
};

export type Cancel = () => void;

/** The machine's own pace, whatever the agent takes for the time. */
export const machineTimer: Pick<Clock, 'after'> = {
  after(ms, fn) {
    const timer = setTimeout(fn, Math.max(0, ms));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const systemClock: Clock = { now: () => Date.now(), ...machineTimer };

/** So much of a wait may pass while the process stands still (SIGSTOP, a laptop that sleeps). */
const TICK_MS = 1_000;

/**
 * Calls `fn` once this process has been running for `ms`: for how long somebody else may take to answer. A process that stood still for
 * ten minutes finds the answer waiting, not a timeout.
 */
export function afterRunning(clock: Pick<Clock, 'after'>, ms: number, fn: () => void): Cancel {
  const tick = Math.min(ms, TICK_MS);
  let cancel = clock.after(tick, () => {
    if (ms <= tick) fn();
    else cancel = afterRunning(clock, ms - tick, fn);
  });
  return () => cancel();
}

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
