import { expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import type { ScanOutcome } from './scan.ts';
import { tallyOf, withScan, type ScanHours } from './scan-tally.ts';

const START = Date.UTC(2026, 0, 5, 12);
const scan = (result: ScanOutcome['result'], durationMs: number): ScanOutcome => ({
  cluster: 'prod',
  startedAt: START,
  durationMs,
  result,
  hpas: 1,
  rows: 1,
  requests: 1,
  error: null,
  notes: [],
});

test('scans are counted by result, with their mean and longest duration', () => {
  let hours: ScanHours = [];
  hours = withScan(hours, scan('ok', 100), START);
  hours = withScan(hours, scan('failed', 200), START + MINUTE);
  hours = withScan(hours, scan('overrun', 900), START + 2 * HOUR);
  expect(tallyOf(hours, START, START + 3 * HOUR)).toEqual({
    since: START,
    total: 3,
    failed: 1,
    overruns: 1,
    meanMs: 400,
    maxMs: 900,
  });
});

test('what is older than a day counts no longer and is dropped', () => {
  let hours: ScanHours = [];
  for (let hour = 0; hour < 72; hour++) hours = withScan(hours, scan('ok', hour), START + hour * HOUR);
  const now = START + 71 * HOUR + MINUTE;
  expect(hours.length).toBeLessThanOrEqual(25);
  expect(tallyOf(hours, START, now)).toMatchObject({ since: START + 47 * HOUR, total: 25, maxMs: 71 });
  expect(tallyOf(hours, START, now + 3 * DAY)).toMatchObject({ total: 0, meanMs: null, maxMs: null });
});

test('before the first scan nothing is claimed', () => {
  expect(tallyOf([], START, START + MINUTE)).toEqual({
    since: START,
    total: 0,
    failed: 0,
    overruns: 0,
    meanMs: null,
    maxMs: null,
  });
});
