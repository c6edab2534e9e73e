import { expect, test } from '@jest/globals';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { watchEventLoop } from './event-loop.ts';

/** The histogram looks every 20 ms of real time. */
const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 5));
};

test('a process that was kept busy reacts late, and is told so for a minute more', async () => {
  const clock = new FakeClock();
  const loop = watchEventLoop(clock);
  try {
    expect(loop.p99Ms()).toBeNull();
    await turns(10);
    const until = performance.now() + 150;
    while (performance.now() < until);
    await turns(10);
    const late = loop.p99Ms() ?? 0;
    expect(late).toBeGreaterThan(50);
    await clock.advance(60_000);
    expect(loop.p99Ms()).toBe(late);
    await turns(10);
    expect(loop.p99Ms()).toBeGreaterThanOrEqual(late);
    await clock.advance(60_000);
    loop.p99Ms();
    await turns(10);
    expect(loop.p99Ms()).not.toBeNull();
  } finally {
    loop.stop();
  }
});
