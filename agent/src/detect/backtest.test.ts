import { expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { backtest, samplesOfSeries, type BacktestOptions } from './backtest.ts';
import { KEY, loadTimes, MONDAY, PROFILE, story, watch } from './hpa-story.fixture.ts';
import { DEFAULT_LIMITS } from './limits.ts';

const options: BacktestOptions = {
  key: KEY,
  target: null,
  timezone: 'UTC',
  limits: DEFAULT_LIMITS,
  metric: 'cpu',
  baselineMs: HOUR,
  learn: () => PROFILE,
};
const START = MONDAY + 9 * HOUR;

test('a point a minute, with a band from the first profile on', () => {
  const { points, anomalies } = backtest(story(2), options);
  expect(points).toHaveLength(120);
  expect(points[0]).toMatchObject({ timestamp: '2026-11-02T09:00:00.000Z', expected: null, score: null });
  const last = points.at(-1);
  expect(last?.lower).toBeLessThan(last?.value ?? 0);
  expect(last?.upper).toBeGreaterThan(last?.value ?? 0);
  expect(anomalies).toEqual([]);
});

test('finds what the live path finds, and ends it when it ended', () => {
  const samples = story(4, loadTimes(0.05, 90, 130));
  const { anomalies } = backtest(samples, options);
  const live = watch(samples).fired;
  expect(anomalies.map(({ kind }) => kind).sort()).toEqual(live.map(({ kind }) => kind).sort());
  const outage = anomalies.find(({ kind }) => kind === 'pressure_deviation');
  expect(Date.parse(outage?.start ?? '')).toBeGreaterThanOrEqual(START + 90 * MINUTE);
  expect(Date.parse(outage?.end ?? '')).toBeLessThanOrEqual(START + 135 * MINUTE);
  expect(outage?.sentence).toContain('payments/api');
});

test('learns only from what lies before, once a day', () => {
  const seen: number[][] = [];
  const samples = story(50);
  backtest(samples, {
    ...options,
    baselineMs: DAY,
    learn: (history) => {
      seen.push([history[0]?.ts ?? 0, history.at(-1)?.ts ?? 0]);
      return PROFILE;
    },
  });
  expect(seen).toEqual([
    [START, START + DAY - MINUTE],
    [START, START + 2 * DAY - MINUTE],
  ]);
});

test('a series alone is judged by its band', () => {
  const series = story(6).map(({ ts, cpuCurrent }, i) => ({
    ts,
    value: i >= 200 && i < 260 ? 150 : (cpuCurrent ?? 0),
  }));
  const { anomalies } = backtest(samplesOfSeries(series, 'cpu'), options);
  expect(anomalies.map(({ kind }) => kind)).toEqual(['cpu_deviation']);
});
