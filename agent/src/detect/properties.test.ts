import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { ANOMALY_KINDS, type Anomaly } from '../domain/anomaly.ts';
import { emptySample, VALUE_COLUMNS, type Sample } from '../domain/sample.ts';
import { clusterEvents } from './cluster-event.ts';
import { grouped } from './grouping.ts';
import { healthy, KEY, loadTimes, MONDAY, PROFILE, story, usualLoad, watch, type Twist } from './hpa-story.fixture.ts';
import { judge, remembered } from './judge.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { newJudgeState } from './memory.ts';

const RUNS = { numRuns: 25 };

/** Any trouble at any time, of any length, with holes. */
const trouble = fc
  .record({
    factor: fc.constantFrom(0.05, 0.4, 1, 1.5, 2.5),
    from: fc.integer({ min: 5, max: 60 }),
    lasts: fc.integer({ min: 1, max: 60 }),
    active: fc.boolean(),
    hole: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ factor, from, lasts, active, hole }): Twist => {
    const load = loadTimes(factor, from, from + lasts);
    return (minute, usual) => {
      if (minute === hole) return emptySample(usual.ts);
      const during = minute >= from && minute < from + lasts;
      return { ...load(minute, usual), ...(during && !active ? { scalingActive: 0 } : {}) };
    };
  });

const shifted = <T>(value: T, byMs: number): T =>
  JSON.parse(JSON.stringify(value), (key, v: unknown) =>
    ['at', 'since', 'ts', 'startedAt', 'firedAt', 'lastSeenAt', 'endedAt'].includes(key) && typeof v === 'number'
      ? v + byMs
      : v,
  ) as T;

describe('for any trouble', () => {
  test('shifting all times by whole weeks shifts all findings', () => {
    fc.assert(
      fc.property(trouble, fc.integer({ min: 1, max: 20 }), (twist, weeks) => {
        const by = weeks * 7 * DAY;
        const here = story(2, twist);
        const there = watch(here.map((sample) => ({ ...sample, ts: sample.ts + by })));
        expect(there.findings).toEqual(shifted(watch(here).findings, by));
      }),
      RUNS,
    );
  });

  test('what is only remembered is what judging leaves behind', () => {
    fc.assert(
      fc.property(trouble, fc.constantFrom(PROFILE, {}), (twist, profile) => {
        let [judged, told] = [newJudgeState(), newJudgeState()];
        for (const sample of story(2, twist)) {
          judged = judge(judged, sample, profile, DEFAULT_LIMITS).state;
          told = remembered(told, sample, profile, DEFAULT_LIMITS);
        }
        expect(told).toEqual(judged);
      }),
      RUNS,
    );
  });

  test('a later sample never changes an earlier finding', () => {
    fc.assert(
      fc.property(trouble, fc.integer({ min: 1, max: 119 }), (twist, length) => {
        const samples = story(2, twist);
        const part = watch(samples.slice(0, length)).findings;
        const whole = watch(samples).findings.filter(({ at }) => at <= (samples[length - 1]?.ts ?? 0));
        expect(part).toEqual(whole);
      }),
      RUNS,
    );
  });

  test('judging never changes what it was given', () => {
    fc.assert(
      fc.property(trouble, (twist) => {
        let state = newJudgeState();
        for (const sample of story(1.5, twist)) {
          const before = JSON.stringify(state);
          const next = judge(state, sample, PROFILE, DEFAULT_LIMITS).state;
          expect(JSON.stringify(state)).toBe(before);
          state = next;
        }
      }),
      { numRuns: 5 },
    );
  });

  test('at most one is open a kind', () => {
    fc.assert(
      fc.property(trouble, (twist) => {
        const open = watch(story(2, twist)).known.filter(({ state }) => state !== 'resolved');
        expect(new Set(open.map(({ kind }) => kind)).size).toBe(open.length);
      }),
      RUNS,
    );
  });
});

test('a constant series never departs', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 11 }), fc.double({ min: 0.7, max: 1, noNaN: true }), (replicas, pressure) => {
      const constant: Twist = (_, { ts }) => ({
        ...healthy(ts, replicas * pressure, replicas / 1.06),
        ts,
        pressure,
        cpuCurrent: 70 * pressure,
        memoryCurrent: 300,
        memoryUtilization: 60,
      });
      expect(watch(story(4, constant), { profile: {} }).fired).toEqual([]);
    }),
    RUNS,
  );
});

test('missing values never become findings of value', () => {
  const masks = fc.array(fc.tuple(fc.integer({ min: 0, max: 179 }), fc.constantFrom(...VALUE_COLUMNS)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(masks, (holes) => {
      const samples = story(3);
      for (const [minute, column] of holes) (samples[minute] as Sample)[column] = null;
      for (const { kind } of watch(samples).fired) expect(kind).toBe('telemetry_lost');
    }),
    RUNS,
  );
});

test('a sample that is not newer is not judged again', () => {
  const sample = healthy(MONDAY, usualLoad(MONDAY));
  const { state } = judge(newJudgeState(), sample, PROFILE, DEFAULT_LIMITS);
  const again = judge(state, { ...sample, scalingActive: 0 }, PROFILE, DEFAULT_LIMITS);
  expect(again).toEqual({ state, findings: [], unknown: [...ANOMALY_KINDS], over: [] });
});

describe('many HPAs', () => {
  const anomaly = (hpaId: number, startedAt: number, kind: Anomaly['kind'] = 'cpu_deviation'): Anomaly => ({
    ...({ metric: 'cpu', direction: 'under', observed: 1, band: null, score: 5 } as const),
    ...{ id: `${hpaId}-${kind}-${startedAt}`, hpaId, key: KEY, kind, severity: 'warning', state: 'firing', startedAt },
    ...{ firedAt: startedAt, lastSeenAt: startedAt, endedAt: null, sentence: '', advice: null, promql: '' },
    ...{ parentId: null, clusterEventId: null, acknowledgedAt: null, excluded: false },
  });
  const anomalies = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 60 })), {
      selector: String,
      maxLength: 20,
    })
    .map((all) => all.map(([hpaId, minute]) => anomaly(hpaId, MONDAY + minute * MINUTE)));

  test('their order never matters', () => {
    fc.assert(
      fc.property(
        anomalies.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, mixed]) => {
          expect([...clusterEvents('c', mixed, 12)].sort()).toEqual([...clusterEvents('c', all, 12)].sort());
          expect([...grouped(mixed)].sort()).toEqual([...grouped(all)].sort());
        },
      ),
    );
  });

  test.each([
    ['three within five minutes are one event', [0, 2, 5], 1],
    ['two are not', [0, 2], 0],
    ['three over an hour are not', [0, 30, 60], 0],
  ])('%s', (_, minutes, events) => {
    const all = minutes.map((minute, i) => anomaly(i + 1, MONDAY + HOUR + minute * MINUTE));
    expect(new Set(clusterEvents('c', all, 20).values()).size).toBe(events);
  });

  test('an event keeps its id when more join', () => {
    const three = [1, 2, 3].map((id) => anomaly(id, MONDAY + id * MINUTE));
    const first = clusterEvents('c', three, 20);
    const known = three.map((a) => ({ ...a, clusterEventId: first.get(a.id) ?? null }));
    const more = clusterEvents('c', [anomaly(9, MONDAY), ...known], 20);
    expect(more.get(known[0]?.id ?? '')).toBe(first.get(known[0]?.id ?? ''));
    expect(more.size).toBe(4);
  });
});
