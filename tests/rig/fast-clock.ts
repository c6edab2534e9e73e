import type { Clock } from '../../agent/src/core/clock.ts';

/**
 * Simulated time: `start` (epoch ms) is at the machine's `since`; from there on it runs `speed` times as fast as the machine's, before it ran
 * `before` times as fast. The same in every process given the same.
 */
export type FastTime = { since: number; start: number; speed: number; before: number };

/** The file in which a process finds its FastTime as JSON; it is read again at SIGUSR2. */
export const FAST_TIME = 'TEST_FAST_TIME';

/** The machine's own time, until something else is said. */
export const plainTime = (): FastTime => ({ since: 0, start: 0, speed: 1, before: 1 });

/** What the time is at the machine's `at`. */
const simulatedAt = ({ since, start, speed, before }: FastTime, at: number): number =>
  start + (at - since) * (at < since ? before : speed);

/** Goes on at that speed from soon on: soon enough to wait for, late enough that everybody knows by then. */
export function paced(time: FastTime, speed: number): FastTime {
  const since = Date.now() + 500;
  return { since, start: simulatedAt(time, since), speed, before: time.speed };
}

export type FastClock = Clock & {
  /** Time goes on as `time` says; what waits for an instant still gets that one. */
  follow(time: FastTime): void;
};

type Waiting = { due: number; fn: () => void; timer: NodeJS.Timeout | undefined };

export function fastClock(time: FastTime = plainTime()): FastClock {
  let current = time;
  const waiting = new Set<Waiting>();
  const simulated = (at: number) => simulatedAt(current, at);
  const machines = (at: number) => {
    const { since, start, speed, before } = current;
    return since + (at - start) / (at < start ? before : speed);
  };

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
      current = next;
      for (const entry of waiting) arm(entry);
    },
  };
}
