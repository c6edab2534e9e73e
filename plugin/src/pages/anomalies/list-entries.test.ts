import { expect, test } from '@jest/globals';
import { anomalyOf, at } from './anomaly.fixture';
import { entriesOf, type Entry } from './list-entries';

const event = { cluster_event_id: 'e1' };
const newestFirst = [
  anomalyOf('d', -5, null, { hpa: 'solo' }),
  anomalyOf('c', -20, null, { hpa: 'cart', severity: 'critical', ...event }),
  anomalyOf('b', -25, -15, { hpa: 'api', ...event }),
  anomalyOf('a', -40, -30, { hpa: 'old', cluster_event_id: 'e0' }),
];
const told = (entries: Entry[]) => entries.map((one) => (one.kind === 'event' ? `event ${one.id}` : one.anomaly.id));

test.each<[string, boolean, string[], string[]]>([
  ['every anomaly by itself', false, [], ['d', 'c', 'b', 'a']],
  ['a folded event', true, [], ['d', 'event e1', 'a']],
  ['an open event with its anomalies', true, ['e1'], ['d', 'event e1', 'c', 'b', 'a']],
])('the list has %s', (_, isGrouped, opened, expected) => {
  expect(told(entriesOf(newestFirst, isGrouped, new Set(opened)))).toEqual(expected);
});

test('an event began with its first and is as bad as its worst', () => {
  expect(entriesOf(newestFirst, true, new Set())[1]).toMatchObject({
    startedAt: at(-25),
    hpas: 2,
    isOver: false,
    worst: { id: 'c' },
  });
});
