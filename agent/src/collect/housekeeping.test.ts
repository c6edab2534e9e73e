import { expect, test } from '@jest/globals';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { silentLogger } from '../core/logger.ts';
import { startHousekeeping } from './housekeeping.ts';

function rig(steps: (boolean | Error)[], isMine = () => true) {
  const clock = new FakeClock();
  const t0 = clock.now();
  const calls: number[] = [];
  const stop = startHousekeeping({
    clock,
    logger: silentLogger,
    policy: { minutesMs: 1, totalMs: 2 },
    isMine,
    store: {
      retain: async () => {
        calls.push((clock.now() - t0) / 1_000);
        const step = steps.shift() ?? true;
        if (step instanceof Error) throw step;
        return { done: step, deleted: 1, freedPages: 0, heldMs: 1 };
      },
    },
  });
  return { clock, calls, stop };
}

test('batches follow each other with a pause, then an hour passes', async () => {
  const { clock, calls, stop } = rig([false, false, true]);
  await clock.advance(31_000);
  expect(calls).toEqual([30, 30.05, 30.1]);
  await clock.advance(3_600_000);
  expect(calls).toHaveLength(4);
  await stop();
});

test('a failure is no end: it is tried again in five minutes, then hourly', async () => {
  const { clock, calls, stop } = rig([new Error('disk full')]);
  await clock.advance(31_000 + 300_000 + 3_600_000);
  expect(calls).toEqual([30, 330, 3_930]);
  await stop();
});

test('stop ends it between two batches', async () => {
  const { clock, calls, stop } = rig([false, false, false, false]);
  await clock.advance(30_000);
  const stopped = stop();
  await clock.advance(60_000);
  await stopped;
  expect(calls).toHaveLength(1);
});

test('where another agent does it nothing is deleted; 5 minutes after it became ours at most, it is', async () => {
  let mine = false;
  const { clock, calls, stop } = rig([true], () => mine);
  await clock.advance(3_600_000);
  expect(calls).toEqual([]);
  mine = true;
  await clock.advance(300_000);
  expect(calls).toHaveLength(1);
  await stop();
});
