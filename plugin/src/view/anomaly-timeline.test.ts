import { expect, test } from '@jest/globals';
import type { ChangeView } from '@hpa-watch/agent/contract';
import { timelineOf, timelineSpan } from './anomaly-timeline';

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 5, 12, minute)).toISOString();
const anomaly = { started_at: at(2), fired_at: at(5), ended_at: null, acknowledged_at: null };
const rollout: ChangeView = {
  at: at(1),
  kind: 'rollout',
  field: null,
  from: null,
  to: 'api-6d4',
  sentence: 'Rollout of Deployment api.',
};

test('what changed stands among the steps of the anomaly, oldest first', () => {
  expect(timelineOf(anomaly, [rollout]).map(({ text }) => text)).toEqual([
    'Rollout of Deployment api.',
    'First unusual sample',
    'Lasted long enough to tell',
  ]);
});

test('an acknowledged one that is over tells both', () => {
  const told = timelineOf({ ...anomaly, acknowledged_at: at(7), ended_at: at(30) }, []);
  expect(told.slice(2)).toEqual([
    { at: Date.parse(at(7)), kind: 'person', text: 'Acknowledged' },
    { at: Date.parse(at(30)), kind: 'anomaly', text: 'Back to usual' },
  ]);
});

test.each([
  [null, at(45)],
  [at(30), at(30)],
])('one that ended at %p is looked at up to %s, from two hours before', (ended_at, to) => {
  const now = Date.parse(at(45));
  expect(timelineSpan({ ...anomaly, ended_at }, now)).toEqual({ from: at(2 - 120), to });
});
