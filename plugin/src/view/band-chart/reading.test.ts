import { expect, test } from '@jest/globals';
import type { ChartModel } from './model';
import { latestReading, readAt } from './reading';

const model: ChartModel = {
  value: { times: [0, 60, 120, 180], values: [60, 61, 164, null] },
  band: { times: [0, 120, 240], lower: [50, 61, 60], upper: [80, 88, 90], expected: [65, 70, 75] },
  references: [{ id: 'cpu_target', label: 'Target', kind: 'target', line: { times: [100], values: [70] } }],
  anomalies: [
    { id: 'a', severity: 'critical', start: 110, end: null, sentence: 'CPU is far over what is usual.' },
    { id: 'b', severity: 'info', start: 0, end: 60, sentence: 'The limit changed.' },
  ],
};

test('a moment is told with its value, what is usual, the target and what is wrong', () => {
  const { value, usual, references, anomalies } = readAt(model, 120);
  expect(value).toBe(164);
  expect(usual).toEqual({ lower: 61, upper: 88, expected: 70 });
  expect(references.map((one) => one.value)).toEqual([70]);
  expect(anomalies.map(({ id }) => id)).toEqual(['a']);
});

test('ahead only what is usual is known', () => {
  const { value, usual } = readAt(model, 250);
  expect(value).toBeNull();
  expect(usual).toEqual({ lower: 60, upper: 90, expected: 75 });
});

test('a target known from later on stood before too', () => {
  expect(readAt(model, 0).references.map(({ value }) => value)).toEqual([70]);
});

test('the latest moment is the last with a value', () => {
  expect(latestReading(model)?.at).toBe(120);
  expect(latestReading({ ...model, value: { times: [0], values: [null] } })).toBeNull();
});
