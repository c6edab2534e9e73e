import { describe, expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../core/clock.ts';
import type { AnomalyKind } from '../domain/anomaly.ts';
import { emptySample, type Sample } from '../domain/sample.ts';
import { limitsFor } from './limits.ts';
import { KEY, kindsOf, loadTimes, MONDAY, story, usualLoad, healthy, watch, type Twist } from './hpa-story.fixture.ts';

const inMinutes =
  (from: number, to: number, twist: Twist): Twist =>
  (minute, usual) =>
    minute >= from && minute < to ? twist(minute, usual) : {};

/** The same load where the memory of the pods decides how many there are. */
const onMemory = (sample: Sample): Partial<Sample> => ({
  ...sample,
  memoryTarget: 75,
  memoryUtilization: 75 * (sample.pressure ?? 0),
});

describe('what is wrong is found and named', () => {
  const cases: [string, AnomalyKind, number, Twist][] = [
    ['an outage upstream takes the load away', 'pressure_deviation', 5, loadTimes(0.05, 60, 100)],
    ['CPU follows it', 'cpu_deviation', 5, loadTimes(0.05, 60, 100)],
    ['half more load for an hour and a half', 'replicas_deviation', 8, loadTimes(1.5, 60, 150)],
    ['and stays', 'level_shift', 65, loadTimes(1.5, 60, 170)],
    [
      'more load than max replicas can carry',
      'maxed_out',
      5,
      inMinutes(60, 100, (_, { ts }) => ({ ...healthy(ts, 20), scalingLimited: 1 })),
    ],
    [
      'scale-up is disabled while the load doubles',
      'scaling_stuck',
      7,
      inMinutes(60, 100, (_, { ts }) => healthy(ts, 2 * usualLoad(ts), usualLoad(ts))),
    ],
    [
      'replicas up and down every two minutes',
      'oscillation',
      12,
      inMinutes(60, 100, (minute) => {
        const replicas = Math.floor(minute / 2) % 2 === 0 ? 6 : 10;
        return { replicasCurrent: replicas, replicasDesired: replicas, replicasReady: replicas };
      }),
    ],
    [
      'another writer holds the target',
      'replicas_mismatch',
      7,
      inMinutes(60, 100, (_, { replicasCurrent }) => ({
        replicasDesired: (replicasCurrent ?? 0) + 3,
        replicasCurrent: 8,
      })),
    ],
    [
      'new pods stay pending',
      'replicas_mismatch',
      7,
      inMinutes(60, 100, (_, { replicasReady }) => ({ replicasReady: (replicasReady ?? 0) - 2 })),
    ],
    ['the controller gets no metrics', 'scaling_inactive', 4, inMinutes(60, 100, () => ({ scalingActive: 0 }))],
    [
      'replicas that nobody needs are kept for hours',
      'underutilised',
      125,
      inMinutes(60, 240, (_, { ts }) => ({
        ...healthy(ts),
        replicasCurrent: 12,
        replicasDesired: 12,
        replicasReady: 12,
        pressure: 0.4,
        cpuCurrent: 28,
      })),
    ],
    [
      'memory rises by a tenth of its level an hour and more',
      'memory_leak',
      75,
      inMinutes(60, 240, (minute, { memoryCurrent }) => ({ memoryCurrent: (memoryCurrent ?? 0) + (minute - 60) })),
    ],
    [
      'half more load for an hour and a half where the HPA scales on memory',
      'replicas_deviation',
      14,
      (minute, usual) => onMemory({ ...usual, ...loadTimes(1.5, 60, 150)(minute, usual) }),
    ],
    [
      'its series vanish while the cluster answers',
      'telemetry_lost',
      4,
      inMinutes(60, 100, (_, { ts }) => emptySample(ts)),
    ],
    [
      'only the pods\u2019 series vanish',
      'telemetry_lost',
      4,
      inMinutes(60, 100, () => ({ cpuCurrent: null, memoryCurrent: null, memoryUtilization: null })),
    ],
    ['somebody lowers the maximum', 'config_changed', 1, inMinutes(60, 240, () => ({ replicasMax: 11 }))],
  ];
  test.each(cases)('%s: %s within %i minutes', (_, kind, minutes, twist) => {
    const start = MONDAY + 10 * HOUR;
    const { fired } = watch(story(4, twist));
    const first = fired.find((anomaly) => anomaly.kind === kind);
    expect(first?.firedAt).toBeGreaterThanOrEqual(start);
    expect(first?.firedAt).toBeLessThanOrEqual(start + minutes * MINUTE);
    // Nothing was said before anything happened.
    expect(fired.filter(({ firedAt }) => (firedAt ?? 0) < start)).toEqual([]);
  });

  test('under the band counts as much as over', () => {
    const { fired } = watch(story(3, loadTimes(0.3, 60, 120)));
    expect(fired.map(({ direction }) => direction)).toContain('under');
  });
});

const atMaximum: Twist = () => ({
  replicasCurrent: 12,
  replicasDesired: 12,
  replicasReady: 12,
  pressure: 1.05,
  cpuCurrent: 73,
});

describe('what is not wrong is not said', () => {
  const cases: [string, Twist][] = [
    ['a usual day', () => ({})],
    [
      'min = max, and limited',
      (_, { ts }) => ({ ...healthy(ts), replicasMin: 12, replicasMax: 12, scalingLimited: 1 }),
    ],
    ['at the maximum, load just over the target, without being limited', atMaximum],
    ['limited at the minimum (TooFewReplicas)', () => ({ scalingLimited: 1 })],
    ['one missed scrape', inMinutes(90, 91, (_, { ts }) => emptySample(ts))],
    ['one minute that nobody scanned', inMinutes(90, 91, () => null)],
    ['half an hour in which the cluster did not answer', inMinutes(90, 120, () => null)],
    ['a blip of two minutes', loadTimes(1.8, 90, 92)],
    [
      'a blip where the HPA scales on memory, which stays up until the pods it brought are given back',
      (minute, usual) => onMemory(minute >= 90 && minute < 99 ? healthy(usual.ts, 1.6 * usualLoad(usual.ts)) : usual),
    ],
    [
      'a rollout: for minutes one pod more, some not ready',
      inMinutes(90, 94, (_, { replicasCurrent }) => ({ replicasReady: (replicasCurrent ?? 0) + 1 })),
    ],
    ['one pod restarts', inMinutes(90, 91, (_, { replicasReady }) => ({ replicasReady: (replicasReady ?? 0) - 1 }))],
    ['metrics-server misses two readings', inMinutes(90, 92, () => ({ scalingActive: 0 }))],
    [
      'CPU collapses after a hole, since the rate divides by the whole window',
      (minute, { cpuCurrent }) =>
        minute >= 90 && minute < 93 ? null : { cpuCurrent: minute >= 93 && minute < 98 ? 20 : cpuCurrent },
    ],
    [
      'the load follows another slope, as on a first weekend',
      (minute, { ts }) => healthy(ts, usualLoad(ts) * (1 - 0.35 * Math.min(1, minute / 180))),
    ],
  ];
  test.each(cases)('%s', (_, twist) => {
    expect(kindsOf(story(8, twist), twist === atMaximum ? { profile: {} } : {})).toEqual([]);
  });

  test('scale to zero at night', () => {
    const asleep: Twist = (_, { ts }) => ({
      ...emptySample(ts),
      replicasCurrent: 0,
      replicasDesired: 0,
      replicasReady: 0,
      replicasMin: 2,
      replicasMax: 12,
      scalingActive: 0,
      scalingLimited: 0,
    });
    expect(kindsOf(story(6, asleep), { profile: {} })).toEqual([]);
  });

  test('a kind that is switched off', () => {
    const lost = story(
      3,
      inMinutes(60, 100, () => ({ scalingActive: 0 })),
    );
    const limits = limitsFor(KEY, { defaults: { scaling_inactive: { enabled: false } }, namespaces: {}, hpas: {} });
    expect(kindsOf(lost)).toEqual(['scaling_inactive']);
    expect(kindsOf(lost, { limits })).toEqual([]);
  });
});

test('without a baseline only rules speak', () => {
  expect(kindsOf(story(4, loadTimes(0.05, 60, 120)), { profile: {} })).toEqual([]);
  const changed = story(
    3,
    inMinutes(60, 180, () => ({ replicasMax: 9 })),
  );
  expect(kindsOf(changed, { profile: {} })).toEqual(['config_changed']);
});
