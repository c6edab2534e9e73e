import { expect, test } from '@jest/globals';
import { HOUR } from '../core/clock.ts';
import type { MetricTarget } from '../domain/hpa.ts';
import { emptySample, SPEC_COLUMNS, VALUE_COLUMNS, type Column } from '../domain/sample.ts';
import { backfillWindow } from '../domain/window.ts';
import { countScaledToZero, coverageOf, judgeCoverage, neededColumns } from './coverage.ts';

const WINDOW = backfillWindow(Date.UTC(2026, 0, 5));
const counts = (some: Partial<Record<Column, number>>) =>
  ({ ...Object.fromEntries([...VALUE_COLUMNS, ...SPEC_COLUMNS].map((column) => [column, 0])), ...some }) as Record<
    Column,
    number
  >;
const metric = (name: string, type: MetricTarget['type']): MetricTarget => ({
  name,
  type,
  container: null,
  target: 70,
});

test.each([
  ['cpu utilization', metric('cpu', 'utilization'), 'cpuCurrent'],
  ['cpu average', metric('cpu', 'average'), 'cpuCurrent'],
  ['memory utilization', metric('memory', 'utilization'), 'memoryUtilization'],
  ['memory average', metric('memory', 'average'), 'memoryCurrent'],
  ['a custom metric', metric('http_requests', 'average'), 'pressure'],
])('an HPA that targets %s needs replicas and the column of that', (_what, target, column) => {
  expect(neededColumns([target])).toEqual(['replicasCurrent', column]);
});

test.each([
  [604, false],
  [605, true],
])('%i of 864 points are enough: %s', (points, ready) => {
  const needed = neededColumns([metric('cpu', 'utilization')]);
  const coverage = coverageOf(counts({ replicasCurrent: 864, cpuCurrent: points }), {}, WINDOW, needed);
  const verdict = judgeCoverage(coverage, needed, { minCoverage: 70, spanMs: 72 * HOUR, hpa: 'a/b' });
  expect(verdict.ready).toBe(ready);
  expect(verdict.reason === null).toBe(ready);
});

test('instants at zero replicas count for what comes from pods, not for replicas', () => {
  const zero = { ...emptySample(0), replicasCurrent: 0 };
  const scaled = countScaledToZero([zero, zero, emptySample(0)], { cpuCurrent: 1 });
  expect(scaled).toMatchObject({ cpuCurrent: 3, memoryCurrent: 2 });
  expect(scaled.replicasCurrent).toBeUndefined();
});
