import { expect, test } from '@jest/globals';
import type { HpaItem, SampleView } from '@hpa-watch/agent/contract';
import { fleetItem } from './hpa-item.fixture';
import { rootOf, stateSentence } from './state-sentence';

const now = Date.UTC(2026, 0, 5, 12);
const worst: NonNullable<HpaItem['worst_anomaly']> = {
  id: 'a',
  kind: 'maxed_out',
  severity: 'critical',
  sentence: 'It is at its maximum.',
  started_at: '2026-01-05T11:30:00.000Z',
  acknowledged_at: null,
};
const baseline = (over: Partial<HpaItem['baseline']>): Partial<HpaItem> => ({
  baseline: { state: 'ready', coverage: 98, progress: 100, reason: null, ...over },
});

test.each<[Partial<HpaItem>, Partial<SampleView>, string]>([
  [{}, {}, 'All is as usual: 4 replicas, CPU 50 % of a target of 70 %.'],
  [{}, { cpu_target: null }, 'All is as usual: 4 replicas, CPU 50 %.'],
  [{}, { cpu_current: null }, 'All is as usual: 4 replicas.'],
  [{ anomalies: { firing: 1, worst: 'critical' }, worst_anomaly: worst }, {}, 'It is at its maximum.'],
  [
    { anomalies: { firing: 3, worst: 'critical' }, worst_anomaly: worst },
    {},
    'It is at its maximum. Besides that: 2 more.',
  ],
  [{ monitoring_active: false, worst_anomaly: worst }, {}, 'Paused: not scanned and not judged.'],
  [{ gone_since: '2026-01-05T11:37:00.000Z' }, {}, 'The cluster has not shown it for 23 min. Its history is kept.'],
  [
    baseline({ state: 'running', progress: 61.7 }),
    {},
    'Its history is collected: 61 %. Then it is known what is usual.',
  ],
  [baseline({ state: 'failed', reason: 'a/b refused.' }), {}, 'Its history could not be collected: a/b refused.'],
])('%j %j: %s', (over, latest, sentence) => {
  expect(stateSentence(fleetItem(over, latest), now).replaceAll('\u00a0', ' ')).toBe(sentence);
});

test.each([
  [
    'the cause, not a child that scores higher',
    [
      { id: 'c', parent_id: 'p' },
      { id: 'p', parent_id: null },
    ],
    'p',
  ],
  ['a child whose parent is over', [{ id: 'c', parent_id: 'p' }], 'c'],
  [
    'the worst of several',
    [
      { id: 'a', parent_id: null },
      { id: 'b', parent_id: null },
    ],
    'a',
  ],
  ['nothing', [], undefined],
])('%s is told of', (_, open, expected) => {
  expect(rootOf(open)?.id).toBe(expected);
});
