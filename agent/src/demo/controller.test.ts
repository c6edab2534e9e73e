import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { initialState, step, type ControllerState, type HpaSettings, type Observation } from './controller.ts';
import type { PodObservation } from './replica-calculator.ts';
import { DEFAULT_BEHAVIOR } from './spec.ts';

const SYNC_MS = 15_000;
const HOUR_MS = 3_600_000;
const NOW = 100 * HOUR_MS;

const settings: HpaSettings = {
  min: 2,
  max: 20,
  behavior: DEFAULT_BEHAVIOR,
  metrics: [{ source: 'resource', name: 'cpu', type: 'utilization', target: 50 }],
  podCpuRequest: 1,
  podMemoryRequest: 512,
};

/** A pod that has been ready for an hour and uses `percent` of its request. */
const pod = (percent: number, now = NOW): PodObservation => ({
  phase: 'Running',
  ready: true,
  startedAt: now - HOUR_MS,
  readyChangedAt: now - HOUR_MS,
  usage: { cpuCores: percent / 100, memoryMib: 256, at: now },
});
const starting = (now = NOW): PodObservation => ({
  ...pod(60, now),
  ready: false,
  startedAt: now - 40_000,
  readyChangedAt: now - 40_000,
});
const unmeasured = (): PodObservation => ({ ...pod(0), usage: null });
const pending = (now = NOW): PodObservation => ({ ...starting(now), phase: 'Pending', usage: null });

const see = (pods: PodObservation[], replicas = pods.length): Observation => ({
  replicas,
  pods,
  metricsAnswer: true,
  externals: [null],
});
const pods = (count: number, percent: number, now = NOW) => Array.from({ length: count }, () => pod(percent, now));
const fresh = (replicas: number) => initialState(replicas, 1, NOW - HOUR_MS);
const sync = (observation: Observation, wanted: Partial<HpaSettings> = {}) =>
  step({ ...settings, ...wanted }, fresh(observation.replicas), observation, NOW);

describe('desired replicas', () => {
  test.each([
    ['at target nothing changes', pods(4, 50), 4],
    ['8 % over is inside the tolerance', pods(4, 54), 4],
    ['10 % under is inside the tolerance', pods(4, 45), 4],
    ['12 % over is ceil(4 x 1.12)', pods(4, 56), 5],
    ['a quarter over is ceil(4 x 1.26)', pods(4, 63), 6],
    ['far under is ceil(10 x 0.2), once the window has passed', pods(10, 10), 2],
    ['pods that start count as idle on the way up', [...pods(4, 80), starting(), starting()], 6],
    ['pods that wait for a node count as idle on the way up', [...pods(4, 80), pending(), pending()], 6],
    ['a pod without a metric counts as full on the way down', [...pods(4, 40), unmeasured()], 5],
    ['a pod without a metric counts as idle on the way up', [...pods(4, 65), unmeasured()], 5],
  ])('%s', (_, seen, replicas) => {
    expect(sync(see(seen)).replicas).toBe(replicas);
  });

  test('the largest of several metrics wins', () => {
    const both = [
      ...settings.metrics,
      { source: 'resource', name: 'memory', type: 'utilization', target: 25 } as const,
    ];
    expect(sync({ ...see(pods(4, 50)), externals: [null, null] }, { metrics: both }).replicas).toBe(8);
  });

  test('an external mean per pod is total / target', () => {
    const metrics = [{ source: 'external', name: 'queue', type: 'average', target: 30 } as const];
    expect(sync({ ...see(pods(4, 50)), externals: [200] }, { metrics }).replicas).toBe(7);
  });
});

describe('limits', () => {
  test.each([
    ['doubles at most, from 8', 8, 400, 16],
    ['adds four at least, from 2', 2, 400, 6],
    ['stops at max, from 15', 15, 100, 20],
  ])('scaling up %s', (_, replicas, percent, wanted) => {
    expect(sync(see(pods(replicas, percent))).replicas).toBe(wanted);
  });

  test.each([
    ['at max and wanting more', pods(20, 90), 'true'],
    ['at max and content', pods(20, 50), 'false'],
    ['at min and wanting less', pods(2, 10), 'true'],
    ['in between', pods(6, 50), 'false'],
  ])('ScalingLimited %s is %s', (_, seen, limited) => {
    expect(sync(see(seen)).state.status.conditions.scalingLimited).toBe(limited);
  });

  test('a disabled direction does not move', () => {
    const behavior = { ...DEFAULT_BEHAVIOR, scaleUp: { ...DEFAULT_BEHAVIOR.scaleUp, select: 'Disabled' as const } };
    const { replicas, state } = sync(see(pods(4, 90)), { behavior });
    expect([replicas, state.status.conditions.scalingLimited]).toEqual([4, 'true']);
  });

  test('scaling down waits until 300 s have passed since a higher recommendation', () => {
    let state = fresh(10);
    const sizes: number[] = [];
    for (let i = 0; i <= 22; i++) {
      const now = NOW + i * SYNC_MS;
      const next = step(settings, state, see(pods(10, i === 0 ? 50 : 20, now)), now);
      state = next.state;
      sizes.push(next.replicas);
    }
    // The recommendation of 10 was made at sync 0; 300 s are 20 syncs.
    expect(sizes.findIndex((size) => size < 10)).toBe(20);
    expect(sizes[20]).toBe(4);
  });

  const load = fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 5, maxLength: 80 });
  test('under any load the size stays in bounds, grows by max(4, double) and never shrinks below the last 300 s', () => {
    fc.assert(
      fc.property(load, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 20 }), (loads, min, extra) => {
        const bounds = { ...settings, min, max: min + extra };
        let replicas = min;
        let state: ControllerState = initialState(min, 1, NOW);
        loads.forEach((total, i) => {
          const now = NOW + (i + 1) * SYNC_MS;
          const next = step(bounds, state, see(pods(replicas, total / replicas, now)), now);
          expect(next.replicas).toBeGreaterThanOrEqual(min);
          expect(next.replicas).toBeLessThanOrEqual(bounds.max);
          expect(next.replicas).toBeLessThanOrEqual(Math.max(replicas + 4, 2 * replicas));
          const recent = next.state.recommendations.map((recommendation) => recommendation.replicas);
          if (next.replicas < replicas) expect(next.replicas).toBe(Math.max(min, ...recent));
          expect(next.state.status).toMatchObject({ currentReplicas: replicas, desiredReplicas: next.replicas });
          ({ state, replicas } = next);
        });
      }),
    );
  });
});

describe('ScalingActive', () => {
  test.each([
    ['is false at zero replicas', see([], 0), 'false', 0],
    ['is false without metrics', { ...see(pods(4, 90)), metricsAnswer: false }, 'false', 4],
    ['is false where no pod has a metric', see([unmeasured(), unmeasured()]), 'false', 2],
    ['is true otherwise', see(pods(4, 50)), 'true', 4],
  ])('%s', (_, seen, active, replicas) => {
    const next = sync(seen);
    expect([next.state.status.conditions.scalingActive, next.replicas]).toEqual([active, replicas]);
  });

  test('is false where the request is not set', () => {
    expect(sync(see(pods(4, 90)), { podCpuRequest: null }).state.status.conditions.scalingActive).toBe('false');
  });
});
