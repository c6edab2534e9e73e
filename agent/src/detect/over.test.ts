import { describe, expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import type { AnomalyKind } from '../domain/anomaly.ts';
import type { HpaProfile, Profile } from '../domain/profile.ts';
import { healthy, loadTimes, MONDAY, PROFILE, story, usualLoad, watch, type Twist } from './hpa-story.fixture.ts';

const START = MONDAY + 9 * HOUR;

/** When anomalies of this kind were seen last and when they were closed, in minutes of the story; null: still open. */
function endsOf(kind: AnomalyKind, hours: number, twist: Twist, profile: HpaProfile = PROFILE): (number | null)[] {
  const ends: (number | null)[] = [];
  let [state, known] = [watch([]).state, watch([]).known];
  const open = new Set<string>();
  for (const sample of story(hours, twist, START)) {
    ({ state, known } = watch([sample], { state, known, profile }));
    for (const anomaly of known) {
      if (anomaly.kind !== kind) continue;
      if (anomaly.state === 'firing') open.add(anomaly.id);
      else if (anomaly.state === 'resolved' && open.delete(anomaly.id)) ends.push((sample.ts - START) / MINUTE);
    }
  }
  return [...ends, ...[...open].map(() => null)];
}

const during =
  (from: number, to: number, twist: Twist): Twist =>
  (minute, usual) =>
    minute >= from && minute < to ? twist(minute, usual) : {};

/** Replicas as they are until the stabilization window of five minutes is over. */
const draining =
  (until: number, twist: Twist): Twist =>
  (minute, usual) => {
    const given = twist(minute, usual);
    if (given === null || minute < until || minute >= until + 6) return given;
    const pressure = usualLoad(usual.ts) / 12;
    const replicas = { replicasCurrent: 12, replicasDesired: 12, replicasReady: 12 };
    return { ...replicas, pressure, cpuCurrent: 70 * pressure, scalingLimited: 1 };
  };

const tooMuch = draining(
  110,
  during(60, 110, (_, { ts }) => ({ ...healthy(ts, 20), scalingLimited: 1 })),
);

describe('what is over is closed within minutes', () => {
  const cases: [string, AnomalyKind, number, number, Twist][] = [
    ['a level that went back', 'level_shift', 170, 4, loadTimes(1.5, 60, 170)],
    [
      'a leak whose pods were replaced',
      'memory_leak',
      240,
      3,
      during(60, 240, (minute, { memoryCurrent }) => ({ memoryCurrent: (memoryCurrent ?? 0) + (minute - 60) })),
    ],
    ['replicas that wait for the end of the stabilization window', 'replicas_deviation', 110, 4, tooMuch],
    ['pressure that is low meanwhile', 'pressure_deviation', 110, 4, tooMuch],
    ['a maximum that nobody asks for any more, though still limited by what was asked', 'maxed_out', 110, 4, tooMuch],
    [
      'replicas that have stopped going up and down',
      'oscillation',
      100,
      6,
      during(60, 100, (minute) => {
        const replicas = Math.floor(minute / 2) % 2 === 0 ? 6 : 10;
        return { replicasCurrent: replicas, replicasDesired: replicas, replicasReady: replicas };
      }),
    ],
    [
      'replicas that are given back at last',
      'underutilised',
      240,
      3,
      during(60, 240, (_, { ts }) => ({
        ...healthy(ts),
        ...{ replicasCurrent: 12, replicasDesired: 12, replicasReady: 12, pressure: 0.4, cpuCurrent: 28 },
      })),
    ],
  ];
  test.each(cases)('%s: %s, over at minute %i, within %i', (_, kind, end, within, twist) => {
    const ends = endsOf(kind, 6, twist);
    expect(ends).toHaveLength(1);
    expect(ends[0]).toBeGreaterThan(end);
    expect(ends[0]).toBeLessThanOrEqual(end + within);
  });

  test('a leak that only pauses is not: it stays open for its quiet minutes', () => {
    const paused: Twist = (minute, { memoryCurrent }) => ({
      memoryCurrent: (memoryCurrent ?? 0) + Math.max(0, Math.min(minute, 180) - 60),
    });
    const [end] = endsOf('memory_leak', 8, paused);
    expect(end).toBeGreaterThan(180 + 20);
  });
});

test('what goes up and down is one anomaly a kind, and told once', () => {
  const waves = during(60, 110, (minute, { ts }) => {
    const high = Math.floor(minute / 2) % 2 === 0;
    const replicas = high ? 11 : 4;
    return {
      ...healthy(ts, high ? 14 : 5),
      replicasCurrent: replicas,
      replicasDesired: replicas,
      replicasReady: replicas,
    };
  });
  const { fired } = watch(story(3, waves));
  expect(fired.map(({ kind }) => kind)).toContain('oscillation');
  expect(endsOf('oscillation', 3, waves)).toHaveLength(1);
});

describe('coming back is no second incident', () => {
  /** A first Saturday: the profile knows working days only, and the load is half of theirs. */
  const SATURDAY = MONDAY + 5 * DAY;
  const saturday = Object.fromEntries(
    Object.entries(PROFILE).map(([metric, profile]: [string, Profile]) => [
      metric,
      { ...profile, days: { working: 5, weekend: 0 } },
    ]),
  ) as HpaProfile;
  const halved =
    (factor: number, from: number, to: number): Twist =>
    (minute, { ts }) =>
      healthy(ts, usualLoad(ts) * (1 - 0.4 * Math.min(1, minute / 120)) * (minute >= from && minute < to ? factor : 1));
  const heard = (twist: Twist) =>
    watch(story(10, twist, SATURDAY + 6 * HOUR), { profile: saturday }).fired.map(({ startedAt, direction }) => ({
      minute: (startedAt - SATURDAY - 6 * HOUR) / MINUTE,
      direction,
    }));

  test.each([
    ['an hour', 300],
    ['five hours, in which it has become usual', 540],
  ])('an incident of %s on a first weekend is told, its end is not', (_, end) => {
    const told = heard(halved(2, 240, end));
    expect(told.map(({ direction }) => direction)).toContain('over');
    expect(told.filter(({ minute }) => minute >= end - 2)).toEqual([]);
  });

  test('but what goes on to fall below where it came from is one', () => {
    const base = halved(2.5, 240, 300);
    const told = heard((minute, usual) =>
      minute >= 300 && minute < 360 ? healthy(usual.ts, 0.1 * usualLoad(usual.ts)) : base(minute, usual),
    );
    expect(told.filter(({ minute }) => minute >= 298).map(({ direction }) => direction)).toContain('under');
  });
});

test('memory that stays where it is has not departed when only the profile moves', () => {
  const { memory } = PROFILE;
  if (memory === undefined) throw new Error('no profile of memory');
  // Yesterday's leak, remembered by a profile of one day: up by a half from noon on.
  const slots = memory.slots.map((value, slot) => (slot >= 48 ? value * 1.5 : value));
  const remembering = { ...PROFILE, memory: { ...memory, slots } };
  const firedBy = (twist: Twist) =>
    watch(story(5, twist), { profile: remembering }).fired.filter(({ kind }) => kind === 'memory_deviation');
  expect(firedBy(() => ({}))).toEqual([]);
  // Memory that falls by itself is news all the same.
  const fallen = during(240, 300, (_, { memoryCurrent }) => ({ memoryCurrent: 0.5 * (memoryCurrent ?? 0) }));
  expect(firedBy(fallen)).toHaveLength(1);
});
