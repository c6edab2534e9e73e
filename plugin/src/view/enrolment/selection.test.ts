import { expect, test } from '@jest/globals';
import { rowsOf } from './rows';
import { discoveredOf, watchedOf } from './rows.fixture';
import { chosen, tickedOf, toggled, type Selection } from './selection';

const rows = rowsOf({
  cluster: 'lab',
  discovered: [discoveredOf('shop', 'api'), discoveredOf('shop', 'cart'), discoveredOf('web', 'front')],
  watched: [watchedOf('web', 'front', { state: 'ready' })],
  asked: new Map(),
  watchedAt: 0,
  left: () => null,
});
const shop = rows.filter(({ namespace }) => namespace === 'shop');
const none: Selection = new Set();
const names = (selection: Selection) => chosen(rows, selection).map(({ hpa }) => hpa);

test('all of a namespace are ticked at once, and unticked when all were', () => {
  const all = toggled(none, shop);
  expect(names(all)).toEqual(['api', 'cart']);
  expect(names(toggled(all, shop))).toEqual([]);
});

test('where some are ticked, the rest joins them', () => {
  const some = toggled(none, shop.slice(0, 1));
  expect(tickedOf(shop, some)).toEqual({ ticked: 'some', tickable: 2 });
  expect(tickedOf(shop, toggled(some, shop))).toEqual({ ticked: 'all', tickable: 2 });
});

test('what is watched already cannot be ticked', () => {
  const all = toggled(none, rows);
  expect(names(all)).toEqual(['api', 'cart']);
  expect(tickedOf(rows.slice(2), all)).toEqual({ ticked: 'none', tickable: 0 });
});
