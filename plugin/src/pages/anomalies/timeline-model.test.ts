import { describe, expect, test } from '@jest/globals';
import { anomalyOf, MINUTE, NOON } from './anomaly.fixture';
import { lanesOf, type Lane } from './timeline-model';

/** The hour before noon. */
const HOUR = { from: NOON - 60 * MINUTE, to: NOON };
const lanes = (anomalies: Parameters<typeof lanesOf>[0], isGrouped = false) =>
  lanesOf(anomalies, HOUR, NOON, isGrouped);
const names = (found: Lane[]) => found.map(({ hpa, cluster }) => hpa?.hpa ?? `events of ${cluster}`);

describe('where a bar stands', () => {
  test.each<[string, number, number | null, Partial<Lane['bars'][number]>]>([
    ['inside', -45, -15, { leftPercent: 25, widthPercent: 50, isCutLeft: false, isOpenRight: false }],
    ['going on', -30, null, { leftPercent: 50, widthPercent: 50, isCutLeft: false, isOpenRight: true }],
    ['begun before', -90, -30, { leftPercent: 0, widthPercent: 50, isCutLeft: true, isOpenRight: false }],
    ['over after', -30, 30, { leftPercent: 50, widthPercent: 50, isOpenRight: true }],
    ['of one minute only', -30, -30, { leftPercent: 50, widthPercent: 0 }],
  ])('%s', (_, from, to, bar) => {
    expect(lanes([anomalyOf('a', from, to)])[0]?.bars[0]).toMatchObject(bar);
  });

  test.each([
    ['before', -120, -61],
    ['after', 1, 30],
  ])('what was only %s is not there', (_, from, to) => {
    expect(lanes([anomalyOf('a', from, to)])).toEqual([]);
  });
});

test('bars that overlap stand in rows of their own, later ones use a free row', () => {
  const [lane] = lanes([anomalyOf('a', -50, -20), anomalyOf('b', -40, -30), anomalyOf('c', -25, -10)]);
  expect(lane?.bars.map(({ key, row }) => [key, row])).toEqual([['a', 0], ['b', 1], ['c', 1]]); // prettier-ignore
  expect(lane?.rows).toBe(2);
});

test('the worst that goes on comes first, then what is over, the latest first', () => {
  const found = lanes([
    anomalyOf('a', -50, -40, { hpa: 'old' }),
    anomalyOf('b', -20, -10, { hpa: 'late', severity: 'warning' }),
    anomalyOf('c', -30, null, { hpa: 'warns', severity: 'warning' }),
    anomalyOf('d', -50, null, { hpa: 'burns', severity: 'critical' }),
    anomalyOf('e', -55, -50, { hpa: 'burned', severity: 'critical' }),
  ]);
  expect(names(found)).toEqual(['burns', 'warns', 'burned', 'late', 'old']);
});

describe('a cluster event', () => {
  const event = { cluster_event_id: 'e1' };
  const anomalies = [
    anomalyOf('a', -40, -20, { hpa: 'api', ...event }),
    anomalyOf('b', -35, null, { hpa: 'cart', severity: 'critical', ...event }),
    anomalyOf('c', -50, -45, { hpa: 'api' }),
  ];

  test('is one bar from its first minute to its last, as severe as its worst', () => {
    const found = lanes(anomalies, true);
    expect(names(found)).toEqual(['events of lab', 'api']);
    expect(found[0]?.bars).toMatchObject([
      { key: 'e1', count: 2, severity: 'critical', state: 'firing', isOpenRight: true, anomaly: { id: 'b' } },
    ]);
    expect(found[0]?.bars[0]?.leftPercent).toBeCloseTo(33.3, 1);
  });

  test('is not one where events are not grouped', () => {
    expect(names(lanes(anomalies))).toEqual(['cart', 'api']);
  });
});
