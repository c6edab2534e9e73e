import { expect, test } from '@jest/globals';
import { chartSummary } from './summary';
import type { ChartModel } from './model';

const model: ChartModel = {
  value: { times: [0, 60], values: [60, 164] },
  band: { times: [0, 60], lower: [61, 61], upper: [88, 88], expected: null },
  references: [],
  anomalies: [],
};
const percent = (value: number): string => `${value} %`;

test.each([
  ['with what is usual', model, 'CPU: the latest value is 164 %, usual then is 61 % to 88 %.'],
  ['before anything is learned', { ...model, band: null }, 'CPU: the latest value is 164 %.'],
  ['where nothing is known', { ...model, value: { times: [], values: [] } }, 'CPU: no value is known in this range.'],
])('a chart is told in words %s', (_, told, text) => {
  expect(chartSummary('CPU', told, percent)).toBe(text);
});

test.each([
  [1, '1 anomaly is marked.'],
  [2, '2 anomalies are marked.'],
])('with %i anomalies it says: %s', (count, text) => {
  const anomaly = { severity: 'info' as const, start: 0, end: 60, sentence: 'The limit changed.' };
  const anomalies = Array.from({ length: count }, (_, i) => ({ ...anomaly, id: String(i) }));
  expect(chartSummary('CPU', { ...model, anomalies }, percent)).toMatch(new RegExp(` ${text}$`));
});
