import { expect, test } from '@jest/globals';
import { KEY } from './hpa-story.fixture.ts';
import { DEFAULT_LIMITS, limitProblems, limitsFor } from './limits.ts';

const settings = {
  defaults: { maxed_out: { enterMinutes: 10 }, oscillation: { reversals: 5 } },
  namespaces: { payments: { maxed_out: { enterMinutes: 20 } }, 'stage/payments': { maxed_out: { enterMinutes: 99 } } },
  hpas: { 'payments/api': { maxed_out: { pressure: 1.5 } }, 'stage/payments/api': { maxed_out: { enabled: false } } },
};

test('the narrower setting wins, limit by limit', () => {
  const limits = limitsFor(KEY, settings);
  expect(limits.maxed_out).toEqual({ ...DEFAULT_LIMITS.maxed_out, enterMinutes: 20, pressure: 1.5 });
  expect(limits.oscillation.reversals).toBe(5);
  expect(limits.memory_leak).toEqual(DEFAULT_LIMITS.memory_leak);
  expect(limitsFor({ ...KEY, cluster: 'stage' }, settings).maxed_out).toMatchObject({
    enabled: false,
    enterMinutes: 99,
  });
  expect(limitsFor({ ...KEY, namespace: 'web' }, settings).maxed_out.enterMinutes).toBe(10);
});

test.each([
  [{ maxed_out: { enterMinutes: 3 } }, []],
  [{ maxxed_out: {} }, ['maxxed_out']],
  [{ maxed_out: 3 }, ['maxed_out']],
  [{ maxed_out: { minutes: 3 } }, ['maxed_out.minutes']],
  [{ maxed_out: { enterMinutes: -1, enabled: 'no' } }, ['maxed_out.enterMinutes', 'maxed_out.enabled']],
])('overrides %j have problems at %j', (overrides, paths) => {
  const problems = limitProblems(overrides);
  expect(problems.map(({ path }) => path)).toEqual(paths);
  for (const { allowed } of problems) expect(allowed).not.toBe('');
});
