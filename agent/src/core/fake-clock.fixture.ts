import type { Cancel, Clock } from './clock.ts';

/** A clock for tests: time moves only by `advance`, timers fire in order, promises settle between them. */
export class FakeClock implements Clock {
  #now: number;
  #seq = 0;
  #timers = new Map<number, { at: number; fn: () => void }>();

  constructor(now = Date.UTC(2026, 0, 5, 12, 0, 0)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, fn: () => void): Cancel {
    const id = this.#seq++;
    this.#timers.set(id, { at: this.#now + Math.max(0, ms), fn });
    return () => void this.#timers.delete(id);
  }

  /**
   * The wall clock jumps (suspension, NTP) while timers keep their remaining time, as the operating system's do. A jump ahead
   * stands for a sleep: what fell due meanwhile fires on the next advance.
   */
  jump(ms: number): void {
    this.#now += ms;
    if (ms < 0) for (const timer of this.#timers.values()) timer.at += ms;
  }

  get pending(): number {
    return this.#timers.size;
  }

  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const next = [...this.#timers]
        .filter(([, t]) => t.at <= until)
        .sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0];
      if (!next) break;
      this.#timers.delete(next[0]);
      this.#now = Math.max(this.#now, next[1].at);
      next[1].fn();
      await settle();
    }
    this.#now = until;
    await settle();
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
