import { expect, test } from '@jest/globals';
import type { ChartModel, Reference } from './model';
import { areSameParts, partId, partsOf, tableOf } from './parts';

const target: Reference = { id: 'cpu', label: 'Target', kind: 'target', line: { times: [0], values: [70] } };
const model: ChartModel = {
  value: { times: [0, 10], values: [60, 61] },
  band: { times: [0, 10, 20], lower: [50, 51, 52], upper: [80, 81, 82], expected: [65, 66, 67] },
  references: [target],
  anomalies: [],
};

test('the edges of the band come first, the value on top of all', () => {
  expect(partsOf(model).map(partId)).toEqual(['band', 'band', 'expected', 'reference/cpu', 'value']);
  expect(partsOf({ band: null, references: [] }).map(partId)).toEqual(['value']);
});

test('the table has a column for each part; the band goes on beyond the value', () => {
  expect(tableOf(model, { from: 0, to: 20 })).toEqual([
    [0, 10, 20],
    [80, 81, 82],
    [50, 51, 52],
    [65, 66, 67],
    [70, undefined, 70],
    [60, 61, undefined],
  ]);
});

test('new values need no new plot; another line, or another kind of it, does', () => {
  const parts = partsOf(model);
  const later = partsOf({ ...model, references: [{ ...target, line: { times: [0], values: [80] } }] });
  expect(areSameParts(parts, later)).toBe(true);
  expect(areSameParts(parts, partsOf({ ...model, references: [] }))).toBe(false);
  expect(areSameParts(parts, partsOf({ ...model, references: [{ ...target, kind: 'limit' }] }))).toBe(false);
});
