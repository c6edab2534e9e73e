import { expect, test } from '@jest/globals';
import type { HpaListAnswer } from '@hpa-watch/agent/contract';
import { fleetItem } from '../../view/hpa-item.fixture';
import { merge, readFleet, type FleetList } from './fleet-list';

const answer = (over: Partial<HpaListAnswer>): HpaListAnswer => ({
  status: 'success',
  hpas: [],
  removed: [],
  revision: 'r1',
  full: true,
  total: 0,
  next_cursor: null,
  ...over,
});
const api = fleetItem({ hpa: 'api' });
const cart = fleetItem({ hpa: 'cart' });
const held: FleetList = {
  items: new Map([
    ['lab/shop/api', api],
    ['lab/shop/cart', cart],
  ]),
  revision: 'r1',
};

/** An agent that gives the answers in turn, and what it was asked. */
function agentOf(...answers: HpaListAnswer[]) {
  const asked: unknown[] = [];
  const hpas = async (query?: object): Promise<HpaListAnswer> => {
    asked.push(query);
    const next = answers.shift();
    if (next === undefined) throw new Error('asked too often');
    return next;
  };
  return { client: { hpas }, asked };
}
const { signal } = new AbortController();

test('the first read takes all pages and the revision of the first one', async () => {
  const { client, asked } = agentOf(
    answer({ hpas: [api], next_cursor: 'c1', revision: 'r1' }),
    answer({ hpas: [cart], revision: 'r2' }),
  );
  const list = await readFleet(client, null, signal);
  expect([...list.items.keys()]).toEqual(['lab/shop/api', 'lab/shop/cart']);
  expect(list.revision).toBe('r1');
  expect(asked).toEqual([{ limit: 1_000 }, { limit: 1_000, cursor: 'c1' }]);
});

test('later ones ask only for what changed; what did not stays the same object', async () => {
  const changed = fleetItem({ hpa: 'api', last_scan: '2026-01-05T12:01:00.000Z' });
  const { client, asked } = agentOf(answer({ hpas: [changed], full: false, revision: 'r2' }));
  const list = await readFleet(client, held, signal);
  expect(asked).toEqual([{ limit: 1_000, since: 'r1' }]);
  expect(list.items.get('lab/shop/api')).toBe(changed);
  expect(list.items.get('lab/shop/cart')).toBe(cart);
});

test('an agent that was started anew replaces all that is held', async () => {
  const { client } = agentOf(answer({ hpas: [cart], full: true, revision: 'x1' }));
  const list = await readFleet(client, held, signal);
  expect([...list.items.keys()]).toEqual(['lab/shop/cart']);
});

test.each([
  ['removed', { removed: [{ cluster: 'lab', namespace: 'shop', hpa: 'api' }], revision: 'r2' }, ['lab/shop/cart']],
  [
    'removed without having been held',
    { removed: [{ cluster: 'x', namespace: 'y', hpa: 'z' }], revision: 'r2' },
    ['lab/shop/api', 'lab/shop/cart'],
  ],
])('one that was %s is gone', (_, over, keys) => {
  expect([...merge(held, answer(over)).items.keys()]).toEqual(keys);
});

test('no news is the same list', () => {
  expect(merge(held, answer({ revision: 'r1' }))).toBe(held);
  expect(merge(held, answer({ revision: 'r2' })).items).toBe(held.items);
});
