import { expect, test } from '@jest/globals';
import { choicesOf, matches, type FleetFilter } from './fleet-choices';
import { fleetItem } from '../../view/hpa-item.fixture';
import { nextSort, sortItems, type FleetSort } from './fleet-sort';
import { DEFAULT_VIEW, isFiltered, parseView, viewQuery } from './fleet-url';

test('nothing in the address is the default, and the default leaves nothing there', () => {
  expect(parseView('')).toEqual(DEFAULT_VIEW);
  expect(Object.values(viewQuery(DEFAULT_VIEW)).every((value) => value === null)).toBe(true);
});

test('what is written is read again', () => {
  const view = {
    cluster: 'arn:aws:eks:eu:1:cluster/shop',
    namespace: 'web',
    state: 'partial',
    anomaly: 'critical',
    q: 'a&b=c',
    sort: { column: 'cpu', isDescending: true },
    window: '24h',
    refresh: '',
  } as const;
  const written = Object.entries(viewQuery(view)).filter((pair): pair is [string, string] => pair[1] !== null);
  expect(parseView(new URLSearchParams(written).toString())).toEqual(view);
});

test.each(['?state=odd&anomaly=x&sort=-nothing&window=9d&refresh=1ms', '?cluster=&q='])(
  '%s makes no sense',
  (search) => {
    expect(parseView(search)).toEqual(DEFAULT_VIEW);
  },
);

test('sorting, window and refresh filter nothing', () => {
  expect(isFiltered({ ...DEFAULT_VIEW, sort: { column: 'cpu', isDescending: true }, refresh: '' })).toBe(false);
  expect(isFiltered({ ...DEFAULT_VIEW, q: 'api' })).toBe(true);
});

const all: FleetFilter = { cluster: null, namespace: null, state: null, anomaly: null, q: '' };
const firing = fleetItem({ anomalies: { firing: 1, worst: 'warning' } });

test.each<[string, Partial<FleetFilter>, ReturnType<typeof fleetItem>, boolean]>([
  ['everything without a filter', {}, fleetItem(), true],
  ['its cluster', { cluster: 'lab' }, fleetItem(), true],
  ['not another cluster', { cluster: 'prod' }, fleetItem(), false],
  ['its namespace', { namespace: 'shop' }, fleetItem(), true],
  ['any severity', { anomaly: 'any' }, firing, true],
  ['only the highest severity', { anomaly: 'info' }, firing, false],
  ['none', { anomaly: 'none' }, firing, false],
  ['a paused one as paused', { state: 'paused' }, fleetItem({ monitoring_active: false }), true],
  ['a paused one as ready too', { state: 'ready' }, fleetItem({ monitoring_active: false }), true],
  ['a vanished one', { state: 'gone' }, fleetItem({ gone_since: '2026-01-05T11:00:00.000Z' }), true],
  ['one that is there not as gone', { state: 'gone' }, fleetItem(), false],
  ['part of namespace/hpa in any case', { q: 'OP/ap' }, fleetItem(), true],
  ['several words in any order', { q: 'lab api' }, fleetItem(), true],
  ['not where one word is missing', { q: 'api prod' }, fleetItem(), false],
])('the filter takes %s', (_, filter, item, expected) => {
  expect(matches(item, { ...all, ...filter })).toBe(expected);
});

test('namespaces are those of the chosen cluster', () => {
  const items = [
    fleetItem(),
    fleetItem({ cluster: 'prod', namespace: 'web' }),
    fleetItem({ cluster: 'prod', namespace: 'a' }),
  ];
  expect(choicesOf(items, null)).toEqual({ clusters: ['lab', 'prod'], namespaces: ['a', 'shop', 'web'] });
  expect(choicesOf(items, 'prod').namespaces).toEqual(['a', 'web']);
});

const items = [
  fleetItem({ hpa: 'api-10' }, { cpu_current: 20 }),
  fleetItem({ hpa: 'api-2', anomalies: { firing: 1, worst: 'critical' } }, { cpu_current: null }),
  fleetItem({ hpa: 'web', monitoring_active: false }, { cpu_current: 80 }),
];
const up = (column: FleetSort['column']): FleetSort => ({ column, isDescending: false });

test.each<[string, FleetSort, string[]]>([
  ['the worst first', up('state'), ['api-2', 'api-10', 'web']],
  ['names as people count', up('hpa'), ['api-2', 'api-10', 'web']],
  ['the unknown last upwards', up('cpu'), ['api-10', 'web', 'api-2']],
  ['the unknown last downwards', { column: 'cpu', isDescending: true }, ['web', 'api-10', 'api-2']],
  ['equal ones by name', { column: 'cluster', isDescending: true }, ['api-2', 'api-10', 'web']],
])('sorts %s', (_, sort, expected) => {
  expect(sortItems(items, sort).map(({ hpa }) => hpa)).toEqual(expected);
});

test('a heading sorts upwards, then downwards, then upwards', () => {
  const first = nextSort(up('state'), 'cpu');
  const second = nextSort(first, 'cpu');
  expect([first, second, nextSort(second, 'cpu')]).toEqual([
    up('cpu'),
    { column: 'cpu', isDescending: true },
    up('cpu'),
  ]);
});
