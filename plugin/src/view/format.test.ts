import { expect, test } from '@jest/globals';
import type { BaselineMetric } from '@hpa-watch/agent/contract';
import {
  formatAge,
  formatAgo,
  formatDuration,
  formatMemory,
  formatMetric,
  formatPercent,
  formatPressure,
  formatRange,
  formatReplicas,
} from './format';

const spaced = (text: string): string => text.replaceAll('\u00a0', ' ');

test.each([
  [164.4, '164 %'],
  [9.94, '9.9 %'],
  [0, '0 %'],
  [1_640, '1,640 %'],
  [null, '–'],
])('%p percent reads %s', (value, text) => {
  expect(spaced(formatPercent(value))).toBe(text);
});

test.each([
  [512.3, '512 MiB'],
  [3.25, '3.3 MiB'],
  [1_536, '1.5 GiB'],
  [undefined, '–'],
])('%p MiB reads %s', (value, text) => {
  expect(spaced(formatMemory(value))).toBe(text);
});

test('replicas are whole, means of them have one digit', () => {
  expect([12, 4.25, null].map(formatReplicas)).toEqual(['12', '4.3', '–']);
});

test('pressure is a multiple of the target', () => {
  expect(spaced(formatPressure(1.344))).toBe('1.34 ×');
});

test.each<[BaselineMetric | null, number, number, string]>([
  ['cpu', 61, 88, '61–88 %'],
  ['memory', 900, 2_048, '900 MiB–2 GiB'],
  ['replicas', 3, 6, '3–6'],
  [null, 1, 2.5, '1–2.5'],
])('a range of %p from %p to %p reads %s', (metric, lower, upper, text) => {
  expect(spaced(formatRange(metric, lower, upper))).toBe(text);
});

test('a value without metric has no unit', () => {
  expect(formatMetric(null, 14)).toBe('14');
});

test.each([
  [12_400, '12 s'],
  [59_999, '59 s'],
  [23 * 60_000, '23 min'],
  [155 * 60_000, '2 h 35 min'],
  [120 * 60_000, '2 h'],
  [76 * 3_600_000, '3 d 4 h'],
  [-5_000, '0 s'],
])('%p ms read %s', (ms, text) => {
  expect(spaced(formatDuration(ms))).toBe(text);
});

test('the age of what never was is not 0', () => {
  const now = Date.UTC(2026, 0, 5, 12);
  expect(formatAge(null, now)).toBe('–');
  expect(formatAgo(null, now)).toBe('never');
  expect(spaced(formatAgo('2026-01-05T11:37:00.000Z', now))).toBe('23 min ago');
});
