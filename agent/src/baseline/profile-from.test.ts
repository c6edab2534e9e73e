import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { bandAt, departure, expectationAt, expectedAt, knowsDayOf, type Profile } from '../domain/profile.ts';
import { emptySample } from '../domain/sample.ts';
import { learn } from './hpa-profile.ts';
import { profileFrom, type ProfileOptions } from './profile-from.ts';
import type { Point } from './season.ts';

const STEP = 5 * MINUTE;
const MONDAY = Date.UTC(2026, 10, 2);
const OPTIONS: ProfileOptions = { metric: 'cpu', timezone: 'UTC', floor: 2 };

const noise = (at: number): number => 2 * Math.sin(at / 977_001) + 1.5 * Math.sin(at / 410_003);
const usual = (at: number): number => 50 - 20 * Math.cos(((at % DAY) / DAY) * 2 * Math.PI) + noise(at);

function series(days: number, value = usual, from = MONDAY): Point[] {
  return Array.from({ length: (days * DAY) / STEP }, (_, i) => from + i * STEP).map((ts) => ({ ts, value: value(ts) }));
}

function made(points: readonly Point[], options: Partial<ProfileOptions> = {}): Profile {
  const profile = profileFrom(points, { ...OPTIONS, ...options });
  if (profile === null) throw new Error('no profile');
  return profile;
}

describe('three days of a daily rhythm', () => {
  const profile = made(series(3));

  test('give the time of day', () => {
    expect(profile.model).toBe('daily');
    for (const hour of [0, 3, 6, 9, 12, 15, 18, 21]) {
      const at = MONDAY + 3 * DAY + hour * HOUR;
      expect(Math.abs(expectedAt(profile, at) - usual(at))).toBeLessThan(6);
    }
  });

  test('a band for a day ahead, in which that day stays', () => {
    const ahead = series(1, usual, MONDAY + 3 * DAY);
    const inside = ahead.filter(
      ({ ts, value }) => value >= bandAt(profile, ts).lower && value <= bandAt(profile, ts).upper,
    );
    expect(inside.length / ahead.length).toBeGreaterThan(0.97);
    const { lower, upper } = bandAt(profile, MONDAY + 3 * DAY + 12 * HOUR);
    expect(upper - lower).toBeLessThan(25);
  });

  test('and is kept as a few kilobytes of text', () => {
    const text = JSON.stringify(profile);
    expect(text.length).toBeLessThan(3_000);
    expect(JSON.parse(text)).toEqual(profile);
  });
});

test('too little history is none', () => {
  expect(profileFrom(series(0.3), OPTIONS)).toBeNull();
  expect(profileFrom([], OPTIONS)).toBeNull();
});

describe('an incident', () => {
  const day = 2;
  const [from, to] = [MONDAY + day * DAY + 10 * HOUR, MONDAY + day * DAY + 18 * HOUR];
  const hit = (at: number): number => usual(at) + (at >= from && at < to ? 40 : 0);

  test('of eight hours does not become normal within a day', () => {
    const at = from + 2 * HOUR + DAY;
    expect(expectedAt(made(series(3, hit)), at)).toBeLessThan(usual(at) + 8);
    expect(departure(expectationAt(made(series(3, hit)), at), hit(at - DAY))).toBeGreaterThan(1.5);
  });

  test('left out by a person leaves no trace', () => {
    const profile = made(series(3, hit), { exclude: [{ from, to }] });
    const clean = made(series(3));
    expect(profile.points).toBe(clean.points - 97);
    for (const hour of [0, 6, 12, 18]) {
      const at = MONDAY + 3 * DAY + hour * HOUR;
      expect(Math.abs(bandAt(profile, at).upper - bandAt(clean, at).upper)).toBeLessThan(4);
    }
  });

  test('accepted as the new normal, it is so at once', () => {
    const shifted = series(4, (at) => usual(at) + (at >= MONDAY + 3 * DAY ? 40 : 0));
    const noon = MONDAY + 4 * DAY + 12 * HOUR;
    expect(Math.abs(expectedAt(made(shifted), noon) - usual(noon))).toBeLessThan(8);
    expect(bandAt(made(shifted, { since: MONDAY + 3 * DAY }), noon).upper).toBeGreaterThan(usual(noon) + 35);
  });
});

test('a spike every night at three is usual at three, and only then', () => {
  const nightly = (at: number): number => usual(at) + (at % DAY >= 3 * HOUR && at % DAY < 4 * HOUR ? 60 : 0);
  const profile = made(series(4, nightly));
  const night = MONDAY + 4 * DAY + 3.5 * HOUR;
  const evening = night + 16 * HOUR;
  expect(Math.abs(departure(expectationAt(profile, night), nightly(night)))).toBeLessThan(1);
  expect(departure(expectationAt(profile, evening), usual(evening) + 60)).toBeGreaterThan(2);
});

test('time of day is that of the zone, over a change of the clocks too', () => {
  const zone = 'Europe/Berlin';
  // Clocks go back on 2026-10-25; work begins at 09:00 local time on every day.
  const offset = (at: number): number => (at < Date.UTC(2026, 9, 25, 1) ? 2 : 1) * HOUR;
  const work = (at: number): number =>
    (at + offset(at)) % DAY >= 9 * HOUR && (at + offset(at)) % DAY < 17 * HOUR ? 80 : 10;
  const profile = made(series(5, work, Date.UTC(2026, 9, 21)), { timezone: zone });
  expect(expectedAt(profile, Date.UTC(2026, 9, 27, 8, 30))).toBe(80);
  expect(expectedAt(profile, Date.UTC(2026, 9, 27, 7, 30))).toBe(10);
});

test('weekends stand apart once one was seen, and are unknown before', () => {
  const weekly = (at: number): number => usual(at) * ([0, 6].includes(new Date(at).getUTCDay()) ? 0.4 : 1);
  const before = made(series(4, weekly));
  const saturday = MONDAY + 5 * DAY + 12 * HOUR;
  expect(knowsDayOf(before, saturday)).toBe(false);
  const after = made(series(9, weekly));
  expect(after.model).toBe('day_type');
  expect(Math.abs(expectedAt(after, saturday + 7 * DAY) - weekly(saturday))).toBeLessThan(6);
  expect(Math.abs(expectedAt(after, saturday + 9 * DAY) - weekly(saturday + 2 * DAY))).toBeLessThan(6);
});

test('from two weeks on a rush each Monday is usual on Mondays', () => {
  const rush = (at: number): number =>
    usual(at) + (new Date(at).getUTCDay() === 1 && at % DAY >= 8 * HOUR && at % DAY < 20 * HOUR ? 50 : 0);
  const profile = made(series(21, rush));
  expect(profile.model).toBe('weekly');
  expect(expectedAt(profile, MONDAY + 21 * DAY + 12 * HOUR)).toBeGreaterThan(usual(MONDAY + 12 * HOUR) + 40);
  expect(expectedAt(profile, MONDAY + 22 * DAY + 12 * HOUR)).toBeLessThan(usual(MONDAY + 12 * HOUR) + 10);
});

describe('for any series', () => {
  const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 864, maxLength: 864 });
  const pointsOf = (all: number[], from = MONDAY): Point[] => all.map((value, i) => ({ ts: from + i * STEP, value }));

  test('scaling it scales the band', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(0.001, 0.5, 3, 1024), (all, factor) => {
        const here = made(pointsOf(all));
        const there = made(pointsOf(all.map((value) => value * factor)), { floor: 2 * factor });
        const at = MONDAY + 3 * DAY + 7 * HOUR;
        for (const edge of ['expected', 'lower', 'upper'] as const)
          expect(bandAt(there, at)[edge]).toBeCloseTo(bandAt(here, at)[edge] * factor, factor > 10 ? 0 : 3);
      }),
      { numRuns: 10 },
    );
  });

  test('shifting it by whole weeks shifts the band', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -50, max: 50 }), (all, weeks) => {
        const by = weeks * 7 * DAY;
        const at = MONDAY + 4 * DAY + 5 * HOUR;
        expect(bandAt(made(pointsOf(all, MONDAY + by)), at + by)).toEqual(bandAt(made(pointsOf(all)), at));
      }),
      { numRuns: 10 },
    );
  });

  test('a constant one has a band of its floor around it', () => {
    const profile = made(series(3, () => 42));
    const { expected, lower, upper } = bandAt(profile, MONDAY + 5 * DAY);
    expect(expected).toBe(42);
    expect(upper - lower).toBeLessThan(4 * OPTIONS.floor);
  });
});

test('an HPA has a profile for each metric that is known, and missing values are no zeros', () => {
  const samples = series(3).map(({ ts, value }, i) => ({
    ...emptySample(ts),
    cpuCurrent: i % 3 === 0 ? null : value,
    replicasCurrent: 4,
    pressure: value / 70,
  }));
  const profile = learn(samples, { timezone: 'UTC' });
  expect(Object.keys(profile).sort()).toEqual(['cpu', 'demand', 'pressure', 'replicas']);
  expect(profile.cpu?.points).toBe(576);
  expect(bandAt(profile.cpu as Profile, MONDAY + 4 * DAY + 12 * HOUR).lower).toBeGreaterThan(50);
});
