import { expect, test } from '@jest/globals';
import { learn } from '../baseline/hpa-profile.ts';
import { HOUR } from '../core/clock.ts';
import { newJudgeState } from '../detect/memory.ts';
import type { StoredHpa } from '../storage/store.ts';
import { unknownHpa } from './detection-memory.ts';
import { heldJudge } from './held-state.ts';
import { awaitsProfile, learnDue } from './learn-profiles.ts';
import { emptySample } from '../domain/sample.ts';
import { unpackProfile } from './packed-profile.ts';

const NOW = Date.UTC(2026, 10, 28, 19);
const FIVE_MINUTES = HOUR / 12;

/** Five-minute points of a CPU of 40 % up to `until`; from `changedAt` on of 90 %. */
const points = (from: number, until: number, changedAt: number) =>
  Array.from({ length: (until - from) / FIVE_MINUTES }, (_, i) => from + (i + 1) * FIVE_MINUTES).map((ts) => ({
    ...emptySample(ts),
    cpuCurrent: (ts > changedAt ? 90 : 40) + (ts % (3 * FIVE_MINUTES) === 0 ? 1 : 0),
  }));

const hpa = (enrolledAt: number) =>
  ({ id: 7, enrolledAt, timezone: null, normalSince: null, baseline: { readyAt: enrolledAt } }) as unknown as StoredHpa;

async function learned(enrolledAt: number, judgedAt: number | null, history: ReturnType<typeof points>) {
  const entry = { ...unknownHpa() };
  entry.state = { ...entry.state, judge: heldJudge({ ...newJudgeState(), at: judgedAt }) };
  await learnDue(
    {
      store: {
        readSeries: async (_, { from, to }) => history.filter(({ ts }) => ts >= from && ts <= to),
        exclusionsOf: async () => [],
        saveDetectorState: async () => undefined,
      },
      learn: async (samples, options) => learn(samples, options),
      isHalted: () => false,
    },
    [hpa(enrolledAt)],
    new Map([[7, entry]]),
    NOW,
  );
  return unpackProfile(entry.profile).cpu;
}

test('the hour that is judged first is not learned before', async () => {
  const history = points(NOW - 72 * HOUR, NOW, NOW - HOUR);
  expect((await learned(NOW, null, history))?.to).toBe(NOW - HOUR);
  expect((await learned(NOW - 24 * HOUR, NOW, history))?.to).toBe(NOW);
});

test('where there is nothing before that hour, what there is is learned', async () => {
  const history = points(NOW - 72 * HOUR, NOW, NOW);
  expect((await learned(NOW - 96 * HOUR, null, history))?.to).toBe(NOW);
});

test.each<[string, number | null, number | null, number | null, boolean]>([
  ['with history and no turn yet', NOW, null, null, true],
  ['learned', NOW, NOW, null, false],
  ['with too little history', null, null, null, false],
  ['judged by the rules while its history came in', NOW, null, NOW, false],
])('an HPA %s: ready %p, learned %p, judged %p, waits %p', (_, readyAt, learnedAt, at, waits) => {
  const entry = { ...unknownHpa(), learnedAt };
  entry.state = { ...entry.state, judge: heldJudge({ ...newJudgeState(), at }) };
  expect(awaitsProfile({ baseline: { readyAt } } as StoredHpa, entry)).toBe(waits);
});
