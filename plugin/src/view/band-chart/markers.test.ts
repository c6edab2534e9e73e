import { expect, test } from '@jest/globals';
import { placeMarkers } from './markers';
import type { ChartAnomaly } from './model';

const area = { left: 50, top: 0, width: 100, from: 0, to: 1_000 };
const anomaly = (id: string, start: number, end: number | null, severity: ChartAnomaly['severity'] = 'info') => ({
  id,
  start,
  end,
  severity,
  sentence: id,
});
const told = (anomalies: ChartAnomaly[]) =>
  placeMarkers(anomalies, area, 16).map(({ x, anomalies: together }) => [x, together.map(({ id }) => id).join(' ')]);

test.each([
  ['where it begins', [anomaly('a', 500, null)], [[100, 'a']]],
  ['at the edge where it began before', [anomaly('a', -500, 200)], [[50, 'a']]],
  ['not at all where it is over before', [anomaly('a', -500, -1)], []],
  ['not at all where it begins later', [anomaly('a', 1_001, null)], []],
  [
    'together where they are close, the worst first',
    [anomaly('a', 100, 200), anomaly('b', 200, 300, 'critical')],
    [[60, 'b a']],
  ],
  [
    'apart where there is room',
    [anomaly('b', 600, 700), anomaly('a', 100, 200)],
    [
      [60, 'a'],
      [110, 'b'],
    ],
  ],
])('an anomaly is marked %s', (_, anomalies, expected) => {
  expect(told(anomalies)).toEqual(expected);
});
