import { describe, expect, test } from '@jest/globals';
import { askedQueries, bodyOf, groupByFilters, targetOf } from './build-request';
import { withoutDashboard } from './interpolate';
import type { HpaWatchQuery } from './query-model';
import { replaceWith } from './replace.fixture';
import { stepOf } from './step';

const replace = replaceWith({ cluster: 'prod', namespace: ['shop', 'web'], hpa: ['shop/api', 'web/front'], none: '' });

describe('variables', () => {
  test.each<[string, Partial<HpaWatchQuery>, Partial<HpaWatchQuery>]>([
    ['one value', { cluster: ['$cluster'] }, { cluster: ['prod'] }],
    ['several values mean any of them', { namespace: ['$namespace'] }, { namespace: ['shop|web'] }],
    ['beside names', { hpa: ['$hpa', 'team-*'] }, { hpa: ['shop/api|web/front', 'team-*'] }],
    ['a format of its own is kept', { namespace: ['${namespace:regex}'] }, { namespace: ['(shop|web)'] }],
    ['in a legend', { legend: '{{hpa}} in $cluster' }, { legend: '{{hpa}} in prod' }],
    ['what there is not stays, so that the agent can say so', { cluster: ['$nope'] }, { cluster: ['$nope'] }],
    [
      'in the filters of the query',
      { filters: [{ key: 'cluster', operator: '=', value: '$cluster' }] },
      { filters: [{ key: 'cluster', operator: '=', value: 'prod' }] },
    ],
    ['one text instead of a list, as by hand', { cluster: '$cluster' as unknown as string[] }, { cluster: ['prod'] }],
  ])('%s', (_, given, expected) => {
    expect(askedQueries([{ refId: 'A', queryType: 'series', ...given }], {}, replace)).toEqual([
      { refId: 'A', queryType: 'series', ...expected },
    ]);
  });

  test('those of a repeated panel win', () => {
    const scoped = { cluster: { text: 'lab', value: 'lab' } };
    const [query] = askedQueries([{ refId: 'A', queryType: 'hpas', cluster: ['$cluster'] }], scoped, replace);
    expect(query?.cluster).toEqual(['lab']);
  });

  test('in Explore there is no dashboard: values stand in the query, and the filters are its own', () => {
    const filter = { key: 'severity', operator: '=', value: 'critical' };
    expect(withoutDashboard({ refId: 'A', queryType: 'hpas', cluster: ['$cluster'] }, {}, [filter], replace)).toEqual({
      refId: 'A',
      queryType: 'hpas',
      cluster: ['prod'],
      filters: [filter],
    });
  });
});

test.each<[string, HpaWatchQuery, unknown]>([
  [
    'only what its type takes',
    { refId: 'A', queryType: 'slots', cluster: ['prod'], hpa: ['api'], legend: 'x' },
    { cluster: ['prod'] },
  ],
  ['nothing chosen is not sent', { refId: 'A', queryType: 'hpas', cluster: [], namespace: [''] }, {}],
  ['values without a metric are those of the CPU', { refId: 'A', queryType: 'series' }, { metric: ['cpu_current'] }],
  ['bands too', { refId: 'A', queryType: 'band', metric: [] }, { metric: ['cpu'] }],
  ['a limit', { refId: 'A', queryType: 'anomalies', limit: 10 }, { limit: 10 }],
])('a target: %s', (_, query, payload) => {
  expect(targetOf(query)).toEqual({ refId: 'A', target: query.queryType, payload });
});

test('hidden queries and those of no known type are not asked', () => {
  const queries: HpaWatchQuery[] = [
    { refId: 'A', queryType: 'hpas', hide: true },
    { refId: 'B' },
    { refId: 'C', queryType: 'lines' as 'hpas' },
    { refId: 'D', queryType: 'summary' },
  ];
  expect(askedQueries(queries, {}, replace).map(({ refId }) => refId)).toEqual(['D']);
});

test('times go as ISO texts, the step as the interval', () => {
  const asking = { from: 0, to: 60_000, intervalMs: 60_000, maxDataPoints: 100, filters: [] };
  expect(bodyOf([{ refId: 'A', queryType: 'summary' }], asking)).toEqual({
    range: { from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T00:01:00.000Z' },
    intervalMs: 60_000,
    maxDataPoints: 100,
    targets: [{ refId: 'A', target: 'summary', payload: {} }],
  });
});

test('queries with filters of their own go by themselves, all others together', () => {
  const filters = [{ key: 'kind', operator: '=', value: 'maxed_out' }];
  const groups = groupByFilters([
    { refId: 'A', queryType: 'hpas' },
    { refId: 'B', queryType: 'hpas', filters },
    { refId: 'C', queryType: 'slots' },
  ]);
  expect(groups.map((group) => group.map(({ refId }) => refId))).toEqual([['A', 'C'], ['B']]);
});

const HOUR = 3_600_000;
test.each([
  ['a minute at least', HOUR, 1_000, 1_000, 60_000],
  ['no nearer than the interval', HOUR, 90_000, 1_000, 120_000],
  ['no more points than the panel shows', 24 * HOUR, 1_000, 288, 300_000],
  ['a day at most', 24_000 * HOUR, 1_000, 10, 24 * HOUR],
])('the step: %s', (_, span, intervalMs, maxDataPoints, step) => {
  expect(stepOf({ from: 0, to: span, intervalMs, maxDataPoints })).toBe(step);
});
