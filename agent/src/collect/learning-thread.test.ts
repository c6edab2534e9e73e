import { afterEach, expect, test } from '@jest/globals';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { learn } from '../baseline/hpa-profile.ts';
import { DAY, MINUTE } from '../core/clock.ts';
import { healthy, MONDAY } from '../detect/hpa-story.fixture.ts';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { createLearningThread, type LearningThread } from './learning-thread.ts';

let thread: LearningThread | undefined;
afterEach(() => thread?.close());

const samples = (days: number) =>
  Array.from({ length: (days * DAY) / (5 * MINUTE) }, (_, i) => healthy(MONDAY + i * 5 * MINUTE));
const OPTIONS = { timezone: 'Europe/Berlin', exclude: [{ from: MONDAY, to: MONDAY + 60 * MINUTE }] };

test('a profile made in the thread is the one made here, several at once too', async () => {
  thread = createLearningThread();
  const [three, nine] = [samples(3), samples(9)];
  const profiles = await Promise.all([thread.learn(three, OPTIONS), thread.learn(nine, OPTIONS)]);
  expect(profiles).toEqual([learn(three, OPTIONS), learn(nine, OPTIONS)]);
});

test('an unknown time zone is told as the failure of its HPA alone', async () => {
  thread = createLearningThread();
  await expect(thread.learn(samples(3), { timezone: 'Mars/Olympus' })).rejects.toMatchObject({
    code: 'agent/internal',
    message: expect.stringContaining('Mars/Olympus'),
  });
  expect(Object.keys(await thread.learn(samples(3), OPTIONS))).toContain('cpu');
});

test('what waits for a thread that died is told so, and has a new one the next time', async () => {
  thread = createLearningThread(new URL('./crashing-learner.fixture.ts', import.meta.url));
  for (const days of [1, 2])
    await expect(thread.learn(samples(days), OPTIONS)).rejects.toMatchObject({
      code: 'agent/internal',
      message: expect.stringContaining('out of memory'),
    });
});

test('a thread ends when it had nothing to learn for a while, and the next HPA has a new one', async () => {
  const clock = new FakeClock();
  thread = createLearningThread(new URL('./telling-learner.fixture.ts', import.meta.url), {
    timer: clock,
    idleMs: MINUTE,
  });
  const learners: unknown[] = [];
  for (const waitMs of [0, MINUTE - 1, MINUTE, 1]) {
    await clock.advance(waitMs);
    learners.push(await thread.learn(samples(1), OPTIONS));
  }
  const [first, , second] = learners;
  expect(learners).toEqual([first, first, second, second]);
  expect(second).not.toBe(first);
});

test('learning four weeks does not hold up this thread', async () => {
  thread = createLearningThread();
  const month = samples(28);
  await thread.learn(month, OPTIONS);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  for (let i = 0; i < 5; i++) await thread.learn(month, OPTIONS);
  delay.disable();
  const inline = performance.now();
  learn(month, OPTIONS);
  const inlineMs = performance.now() - inline;
  // Against this machine's own speed: learning here would take it all at once.
  expect(delay.max / 1e6).toBeLessThan(Math.max(50, inlineMs / 2));
}, 30_000);
