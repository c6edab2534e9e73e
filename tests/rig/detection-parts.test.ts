import { expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import { ALL_INCIDENT_KINDS, PARTIAL_KINDS } from '../../agent/src/demo/incident-kinds.ts';
import { emptySample, type Sample } from '../../agent/src/domain/sample.ts';
import { effectSize, halfWidths } from '../bench/detection/effect-size.ts';
import { heldFor } from '../bench/detection/held-for.ts';
import { mixinRules } from '../bench/detection/mixin-rules.ts';
import { rateAt } from '../bench/detection/rate.ts';
import { fromNumbers, toNumbers } from '../bench/detection/rows.ts';
import { HELD_OUT_SEEDS, TUNING_SEEDS } from '../bench/detection/seeds.ts';
import { threeSigma } from '../bench/detection/three-sigma.ts';
import { BLOCK_HOURS, LEARNING_MS, scrapeGaps, spanOf, worldsOf } from '../bench/detection/worlds.ts';

const key = { cluster: 'lab', namespace: 'payments', hpa: 'api' };
const minutes = (count: number, of: (minute: number) => Partial<Sample> | null): Sample[] =>
  Array.from({ length: count }, (_, minute) => {
    const values = of(minute);
    return values === null ? [] : [{ ...emptySample(minute * MINUTE), ...values }];
  }).flat();
const history = (samples: Sample[]) => ({ key, samples, answered: () => true });
const at = (minute: number) => minute * MINUTE;

test.each([
  ['the whole window', [0, 1, 2, 3, 4, 5], 1],
  ['one scrape missing', [0, 1, 2, 4, 5], 1],
  // Two points a minute apart stand for one minute and half a step on the far side: of three hundred seconds.
  ['only the last two points after a gap', [4, 5], 0.3],
  ['one point', [5], null],
])('rate() over 5 m of a counter that grows by one a second, with %s', (_, present, expected) => {
  const points = present.map((minute) => ({ at: at(minute), value: 10_000 + minute * 60 }));
  const rate = rateAt(points, at(5), 5 * MINUTE);
  if (expected === null) expect(rate).toBeNull();
  else expect(rate).toBeCloseTo(expected, 6);
});

test('rate() counts on after a reset and never reaches back below zero', () => {
  const reset = [100, 160, 20, 80].map((value, minute) => ({ at: at(minute + 2), value }));
  expect(rateAt(reset, at(5), 3 * MINUTE)).toBeCloseTo(140 / 180, 6);
  const young = [0, 60].map((value, minute) => ({ at: at(minute + 4), value }));
  expect(rateAt(young, at(5), 5 * MINUTE)).toBeCloseTo(60 / 300, 6);
});

test('a rule with a `for` fires when it has held so long, and ends with the first minute that does not', () => {
  const rule = heldFor('maxed_out', 2 * MINUTE);
  [true, true, false, true, true, true, true, false, true, true, true].forEach((holds, minute) =>
    rule.next(at(minute), holds),
  );
  expect(rule.end()).toEqual([
    { kind: 'maxed_out', start: at(5), end: at(7) },
    { kind: 'maxed_out', start: at(10), end: null },
  ]);
});

const usual = { replicasCurrent: 4, replicasDesired: 4, replicasMin: 2, replicasMax: 8 };
test.each([
  ['all as it should be', () => usual, []],
  ['at max for 15 minutes', (m: number) => ({ ...usual, replicasCurrent: m >= 20 ? 8 : 4 }), [['maxed_out', 35]]],
  [
    'desired is not current',
    (m: number) => ({ ...usual, replicasDesired: m >= 20 ? 6 : 4 }),
    [['replicas_mismatch', 35]],
  ],
  ['desired is not current at min', () => ({ ...usual, replicasCurrent: 2 }), []],
  ['current keeps moving', (m: number) => ({ ...usual, replicasDesired: 7, replicasCurrent: 4 + (m % 2) }), []],
  ['a minute is missing in between', (m: number) => (m % 10 === 0 ? null : { ...usual, replicasCurrent: 8 }), []],
])('the rules of kubernetes-mixin: %s', (_, of, expected) => {
  const alerts = mixinRules.run(history(minutes(60, of)));
  expect(alerts.map(({ kind, start }) => [kind, start / MINUTE])).toEqual(expected);
});

const wave = (minute: number) => 50 + 5 * Math.sin(minute / 30);
test.each([
  ['a wave', wave, []],
  ['a step', (m: number) => (m >= 2_000 && m < 2_030 ? 90 : wave(m)), [[2_005, 2_030]]],
  ['four minutes', (m: number) => (m >= 2_000 && m < 2_004 ? 90 : wave(m)), []],
  ['a step on the first morning', (m: number) => (m >= 300 && m < 360 ? 90 : wave(m)), []],
])('three sigmas of the last day: %s', (_, cpu, expected) => {
  const alerts = threeSigma.run(history(minutes(2_500, (minute) => ({ cpuCurrent: cpu(minute) }))));
  expect(alerts.map(({ start, end }) => [start / MINUTE, (end ?? NaN) / MINUTE])).toEqual(expected);
});

test('the size of an effect is what it reaches for 20 minutes, in half-widths of the band without it', () => {
  const clean = minutes((4 * DAY) / MINUTE, (m) => ({ cpuCurrent: 50 + (m % 2 === 0 ? 4 : -4), replicasCurrent: 5 }));
  const widths = halfWidths(clean);
  expect(widths.replicasCurrent).toBe(1);
  expect(widths.cpuCurrent).toBe(8);
  const start = 2 * DAY;
  const byTime = (list: Sample[]) => new Map(list.map((sample) => [sample.ts, sample]));
  const raised = (lasting: number) =>
    byTime(
      clean.map((sample) => {
        const isOn = sample.ts >= start && sample.ts < start + lasting * MINUTE;
        return { ...sample, cpuCurrent: (sample.cpuCurrent ?? 0) + (isOn ? 24 : 0) };
      }),
    );
  const sizeOf = (lasting: number, length = HOUR) =>
    effectSize({ start, end: start + length }, raised(lasting), byTime(clean), widths);
  expect(sizeOf(30)).toBe(3);
  expect(sizeOf(19)).toBe(0);
  expect(sizeOf(30, 10 * MINUTE)).toBe(0);
});

test('samples come back from files as they were', () => {
  const samples = minutes(3, (m) => ({
    cpuCurrent: m === 1 ? null : 0,
    cpuBasis: m === 2 ? 'core' : 'request',
    replicasMax: 7,
  }));
  expect(fromNumbers(toNumbers(samples))).toEqual(samples);
});

test('no seed serves both for tuning and for reporting', () => {
  expect(HELD_OUT_SEEDS.filter((seed) => TUNING_SEEDS.includes(seed))).toEqual([]);
});

test.each([...TUNING_SEEDS, ...HELD_OUT_SEEDS])(
  'seed %i has 40 HPAs with incidents of every kind, none while learning, in one block',
  (seed) => {
    const { start, end } = spanOf(seed);
    const worlds = worldsOf(seed);
    const labels = worlds.flatMap(({ simulation }) => simulation.labels(start, end));
    expect(worlds.flatMap(({ simulation }) => simulation.clusters.flatMap(({ hpas }) => hpas))).toHaveLength(40);
    expect([...new Set(labels.map(({ kind }) => kind))].sort()).toEqual(
      [...ALL_INCIDENT_KINDS, ...PARTIAL_KINDS].sort(),
    );
    expect(Math.min(...labels.map((label) => label.start))).toBeGreaterThan(start + LEARNING_MS);
    expect(worlds.flatMap(({ clean }) => clean.labels(start, end))).toEqual([]);
    const block = BLOCK_HOURS * HOUR;
    expect(Math.floor(start / block)).toBe(Math.floor(end / block));
    for (const gap of scrapeGaps(seed, 'prod-eu', { start, end })) {
      expect((gap.end - gap.start) / MINUTE).toBeGreaterThanOrEqual(3);
      expect((gap.end - gap.start) / MINUTE).toBeLessThanOrEqual(8);
    }
  },
);
