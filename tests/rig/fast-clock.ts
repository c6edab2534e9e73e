import type { Clock } from '../../agent/src/core/clock.ts';

/**
 * Simulated time: `start` (epoch ms) is at the machine's `since`; from there on it runs `speed` times as fast, before at the machine's own pace.
 * The same in every process given the same.
 */
export type FastTime = { since: number; start: number; speed: number };

/** The file in which a process finds its FastTime as JSON; it is read again at SIGUSR2. */
export const FAST_TIME = 'TEST_FAST_TIME';

/** The machine's own time, until something else is said. */
export const plainTime = (): FastTime => ({ since: 0, start: 0, speed: 1 });

/** From soon on at that speed: soon enough to wait for, late enough that everybody knows by then. */
export function hurried(speed: number): FastTime {
  const since = Date.now() + 500;
  return { since, start: since, speed };
}

export type FastClock = Clock & {
  /** Time goes on as `time` says; what waits for an instant still gets that one. */
  follow(time: FastTime): void;
};

type Waiting = { due: number; fn: () => void; timer: NodeJS.Timeout | undefined };

export function fastClock(time: FastTime = plainTime()): FastClock {
  let { since, start, speed } = time;
  const waiting = new Set<Waiting>();
  const simulated = (at: number) => start + (at - since) * (at < since ? 1 : speed);
  const machines = (at: number) => since + (at - start) / (at < start ? 1 : speed);

  function arm(entry: Waiting): void {
    clearTimeout(entry.timer);
    const fire = () => {
      waiting.delete(entry);
      entry.fn();
    };
    entry.timer = setTimeout(fire, Math.max(0, machines(entry.due) - Date.now()));
    entry.timer.unref();
  }

  return {
    now: () => Math.round(simulated(Date.now())),
    after(ms, fn) {
      const entry: Waiting = { due: simulated(Date.now()) + ms, fn, timer: undefined };
      waiting.add(entry);
      arm(entry);
      return () => {
        clearTimeout(entry.timer);
        waiting.delete(entry);
      };
    },
    follow(next) {
      ({ since, start, speed } = next);
      for (const entry of waiting) arm(entry);
    },
  };
}
