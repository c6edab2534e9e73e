import { expect, test } from '@jest/globals';
import type { AnomalyView, HpaItem, SummaryAnswer } from '@hpa-watch/agent/contract';
import { fleetItem } from '../../view/hpa-item.fixture';
import { attentionOf, healthySentence, untold } from './attention';

const anomaly = (over: Partial<AnomalyView>): AnomalyView => ({
  id: 'a',
  kind: 'cpu_deviation',
  severity: 'warning',
  state: 'firing',
  cluster: 'lab',
  namespace: 'shop',
  hpa: 'api',
  started_at: '2026-01-05T11:52:00.000Z',
  fired_at: null,
  last_seen_at: '2026-01-05T12:00:00.000Z',
  ended_at: null,
  metric: 'cpu',
  direction: 'over',
  observed: 164,
  band: null,
  score: 5,
  sentence: 'CPU is 164 %.',
  advice: null,
  promql: 'up',
  parent_id: null,
  cluster_event_id: null,
  acknowledged_at: null,
  excluded: false,
  ...over,
});

const summary = (over: Partial<SummaryAnswer> = {}): SummaryAnswer => ({
  status: 'success',
  at: '2026-01-05T12:00:00.000Z',
  clusters: { total: 4 },
  hpas: {
    total: 24,
    active: 24,
    paused: 0,
    gone: 0,
    with_baseline: 24,
    by_baseline_state: { queued: 0, running: 0, ready: 24, partial: 0, failed: 0 },
  },
  forwards: { total: 4, by_status: { active: 4, starting: 0, waiting: 0, failed: 0, stopped: 0 }, down: [] },
  firing: { critical: 0, warning: 0, info: 0 },
  firing_by_cluster: [],
  worst: [],
  oldest_scan: { cluster: 'lab', namespace: 'shop', hpa: 'api', last_scan: '2026-01-05T11:59:22.000Z', age: '38s' },
  needs_look: { total: 0, worst: [] },
  notices: [],
  ...over,
});
const ids = (over: Partial<SummaryAnswer>): string[] => attentionOf(summary(over)).map(({ id }) => id);

test.each([
  ['a child is told of by its parent', [anomaly({ id: 'p' }), anomaly({ id: 'c', parent_id: 'p' })], ['p']],
  ['a child whose parent is over stands for itself', [anomaly({ id: 'c', parent_id: 'p' })], ['c']],
  ['a note needs nobody', [anomaly({ severity: 'info' })], []],
  [
    'what somebody looks after comes last',
    [anomaly({ id: 'seen', severity: 'critical', acknowledged_at: 'x' }), anomaly({ id: 'new' })],
    ['new', 'seen'],
  ],
])('%s', (_, worst, expected) => {
  expect(ids({ worst })).toEqual(expected);
});

test('clusters out of reach and HPAs that cannot be judged stand among the anomalies, after the critical', () => {
  const found = ids({
    worst: [anomaly({ id: 'crit', severity: 'critical' }), anomaly({ id: 'warn' })],
    forwards: { ...summary().forwards, down: [{ cluster: 'prod', status: 'failed', message: 'No token.' }] },
    needs_look: {
      total: 1,
      worst: [{ cluster: 'lab', namespace: 'shop', hpa: 'cart', reason: 'gone', message: 'Gone.', since: null }],
    },
  });
  expect(found).toEqual(['crit', 'warn', 'forward prod', 'gone lab/shop/cart']);
});

test('HPAs in need that the summary does not reach are told of by the worst anomaly of each', () => {
  const critical = (hpa: string, over: Partial<HpaItem> = {}): HpaItem =>
    fleetItem({
      hpa,
      anomalies: { firing: 3, worst: 'critical' },
      worst_anomaly: {
        id: `of ${hpa}`,
        kind: 'maxed_out',
        severity: 'critical',
        sentence: 'At its maximum.',
        started_at: '2026-01-05T11:30:00.000Z',
        acknowledged_at: null,
      },
      ...over,
    });
  const items = [
    critical('api'),
    critical('cart'),
    critical('paused', { monitoring_active: false }),
    fleetItem({ hpa: 'fine' }),
  ];
  const told = attentionOf(summary({ worst: [anomaly({ severity: 'critical' })] }), items);
  expect(told.map(({ id }) => id)).toEqual(['a', 'of cart']);
});

test('HPAs that cannot be judged are counted where they are too many to tell of', () => {
  expect(untold({ needs_look: { total: 4, worst: [] } })).toBe(4);
});

const now = Date.UTC(2026, 0, 5, 12);
const spaced = (text: string): string => text.replaceAll('\u00a0', ' ');

test.each([
  [{}, '24 HPAs in 4 clusters, all within their baseline; oldest scan 38 s.'],
  [{ oldest_scan: null }, '24 HPAs in 4 clusters, all within their baseline.'],
  [
    { hpas: { ...summary().hpas, with_baseline: 21 } },
    '24 HPAs in 4 clusters, all that are judged within their baseline, still learning: 3; oldest scan 38 s.',
  ],
  [
    { firing: { critical: 0, warning: 0, info: 2 } },
    '24 HPAs in 4 clusters, nothing urgent, notes: 2; oldest scan 38 s.',
  ],
])('a healthy fleet says so (%#)', (over, sentence) => {
  expect(spaced(healthySentence(summary(over), now))).toBe(sentence);
});
