import { describe, expect, test } from '@jest/globals';
import { anomalyOf } from './anomaly.fixture';
import { askedOf, DEFAULT_VIEW, isFiltered, matches, parseView, viewQuery, type AnomaliesView } from './anomalies-url';

describe('the address', () => {
  test.each<[string, Partial<AnomaliesView>]>([
    ['', {}],
    ['?from=now-7d&to=now', { from: 'now-7d', to: 'now' }],
    ['?from=1767614400000&to=1767618000000', { from: '1767614400000', to: '1767618000000' }],
    ['?state=firing&severity=critical,warning', { states: ['firing'], severities: ['critical', 'warning'] }],
    ['?kind=maxed_out&cluster=lab&q=shop', { kinds: ['maxed_out'], cluster: 'lab', q: 'shop' }],
    ['?group=none&anomaly=7-x', { isGrouped: false, open: '7-x' }],
  ])('%s and the view say the same', (search, change) => {
    const view = { ...DEFAULT_VIEW, ...change };
    expect(parseView(search)).toEqual(view);
    const kept = Object.entries(viewQuery(view)).flatMap(([key, value]) => (value === null ? [] : [[key, value]]));
    expect(parseView(`?${new URLSearchParams(kept).toString()}`)).toEqual(view);
  });

  test('what makes no sense is as by default', () => {
    expect(parseView('?from=yesterday&to=now&state=broken&severity=,&kind=x')).toEqual(DEFAULT_VIEW);
  });

  test('the default leaves no trace', () => {
    expect(Object.values(viewQuery(DEFAULT_VIEW)).every((value) => value === null)).toBe(true);
  });
});

test('the agent is asked for what it can filter', () => {
  const view = { ...DEFAULT_VIEW, states: ['firing' as const], q: 'shop' };
  expect(askedOf(view)).toEqual({ state: 'firing', severity: undefined, kind: undefined, cluster: undefined });
});

test.each<[string, Partial<AnomaliesView>, boolean]>([
  ['nothing chosen', {}, true],
  ['its severity', { severities: ['critical', 'warning'] }, true],
  ['another severity', { severities: ['critical'] }, false],
  ['another state', { states: ['resolved'] }, false],
  ['another kind', { kinds: ['maxed_out'] }, false],
  ['another cluster', { cluster: 'prod' }, false],
  ['words of its name and sentence', { q: 'SHOP/api 164' }, true],
  ['a word that is nowhere', { q: 'shop memory' }, false],
])('an anomaly and a filter for %s', (_, change, isShown) => {
  const view = { ...DEFAULT_VIEW, ...change };
  expect(matches(anomalyOf('a', -10, null), view)).toBe(isShown);
  expect(isFiltered(view)).toBe(Object.keys(change).length > 0);
});
