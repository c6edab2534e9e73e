import { expect, test } from '@jest/globals';
import { anomalyUrl, exploreUrl, hpaUrl } from './links';

const anomaly = {
  cluster: 'arn:aws:eks:eu:1:cluster/shop',
  namespace: 'shop',
  hpa: 'api',
  id: '7-maxed_out-mk0',
  started_at: '2026-01-05T12:00:00.000Z',
};

test('a name with a slash stays one part of the path', () => {
  expect(hpaUrl(anomaly)).toBe('/a/hpawatch-monitor-app/hpa/arn%3Aaws%3Aeks%3Aeu%3A1%3Acluster%2Fshop/shop/api');
});

test.each([
  [null, 'now'],
  ['2026-01-05T12:30:00.000Z', String(Date.UTC(2026, 0, 5, 13, 30))],
])('an anomaly that ended at %p opens up to %s', (ended_at, to) => {
  const query = new URL(anomalyUrl({ ...anomaly, ended_at }), 'http://grafana').searchParams;
  expect(Object.fromEntries(query)).toEqual({
    anomaly: '7-maxed_out-mk0',
    from: String(Date.UTC(2026, 0, 5, 11)),
    to,
  });
});

test('Explore gets the query as it is', () => {
  const promql = 'sum(rate(x{pod=~"api-.+"}[5m])) & on()';
  const query = new URL(exploreUrl('prom', promql, 1, 2), 'http://grafana').searchParams;
  const panes = JSON.parse(query.get('panes') ?? '') as Record<string, unknown>;
  expect(panes).toEqual({
    hpa: {
      datasource: 'prom',
      queries: [{ refId: 'A', expr: promql, datasource: { type: 'prometheus', uid: 'prom' }, range: true }],
      range: { from: '1', to: '2' },
    },
  });
});
