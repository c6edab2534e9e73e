import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HpaListAnswer } from '../contract/api.ts';
import { AgentError } from '../core/errors.ts';
import type { AgentState } from '../domain/agent-state.ts';
import { encodeCursor, decodeCursor } from '../storage/list-cursor.ts';
import type { HpaFilter } from '../storage/store.ts';
import { hpaRow } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const HPAS = '/api/v1/monitoring/hpas';
const LARGE = 1_010;
const nameOf = (i: number) => `hpa-${String(i).padStart(4, '0')}`;

let rig: HttpRig;
let asked: HpaFilter[];
/** The real cursors of a store, over those of the fake one. */
beforeEach(async () => {
  rig = await startRig();
  asked = [];
  const { store } = rig.world.services;
  const { listHpas } = store;
  store.listHpas = async ({ cursor, ...filter }) => {
    asked.push(filter);
    const key = cursor === undefined ? null : decodeCursor(cursor);
    const after = key && Buffer.from(`${key.cluster}/${key.namespace}/${key.hpa}`).toString('base64url');
    const page = await listHpas(after ? { ...filter, cursor: after } : filter);
    const last = page.items.at(-1);
    return { ...page, next: page.next && last ? encodeCursor(last) : null };
  };
});
afterEach(() => rig.stop());

const fill = (hpas: number) =>
  rig.world.rows.push(
    ...Array.from({ length: hpas }, (_, i) =>
      hpaRow({ cluster: 'prod', namespace: 'shop', hpa: nameOf(i) }, { id: i + 1 }),
    ),
  );
const list = async (query: string): Promise<HpaListAnswer> =>
  (await rig.call('GET', `${HPAS}${query}`)).body as HpaListAnswer;
const names = ({ hpas }: HpaListAnswer): string[] => hpas.map(({ hpa }) => hpa);
const isWhole = () => asked.filter(({ cluster, q }) => cluster === 'prod' && q === undefined).length > 0;

describe('the first page of a large fleet', () => {
  beforeEach(() => void fill(LARGE));

  test('comes from the store, and the pages after it go on in memory', async () => {
    const first = await list('?limit=3');
    expect(asked).toEqual([{ limit: 3 }]);
    expect(first).toMatchObject({ full: true, removed: [], total: LARGE });
    const second = await list(`?limit=3&cursor=${first.next_cursor}`);
    await rig.world.clock.advance(10_000);
    asked.length = 0;
    const third = await list(`?limit=3&cursor=${second.next_cursor}`);
    expect([first, second, third].flatMap(names)).toEqual(Array.from({ length: 9 }, (_, i) => nameOf(i)));
    expect(asked).toEqual([]);
  });

  test.each([
    ['?namespace=shop&limit=2', { namespace: 'shop', limit: 2 }],
    ['?q=0007&limit=2', { q: '0007', limit: 2 }],
    ['?cluster=prod-admin&q=x&limit=2', { cluster: 'prod', q: 'x', limit: 2 }],
    ['?state=ready&limit=2', { state: 'ready', limit: 2 }],
  ])('%s is filtered by the store', async (query, filter) => {
    await list(query);
    expect(asked).toEqual([filter]);
  });

  test.each(['?sort=-cpu', '?anomaly=none', '?sort=-cluster'])('%s takes the whole fleet', async (query) => {
    expect((await list(query)).total).toBe(LARGE);
    expect(isWhole()).toBe(true);
  });

  test('is no look of which changes can be told, and has an ETag of its own', async () => {
    const [one, other] = [await rig.call('GET', `${HPAS}?limit=1`), await rig.call('GET', `${HPAS}?limit=1`)];
    expect(one.headers.get('etag')).not.toBe(other.headers.get('etag'));
    await rig.world.clock.advance(10_000);
    const { revision } = one.body as HpaListAnswer;
    expect(await list(`?limit=1&since=${revision}`)).toMatchObject({ full: true, total: LARGE });
  });

  test('since with a cursor is refused as ever', async () => {
    const { next_cursor } = await list('?limit=1');
    expect((await rig.call('GET', `${HPAS}?limit=1&since=x&cursor=${next_cursor}`)).status).toBe(400);
  });
});

test('a small fleet is read whole at once', async () => {
  fill(3);
  const { revision } = await list('');
  expect(await list(`?since=${revision}`)).toMatchObject({ full: false, hpas: [] });
});

describe('where another agent writes, after nobody asked for a while', () => {
  beforeEach(async () => {
    const agent = { state: 'live' } as AgentState;
    rig.world.agents.push(agent, agent);
    fill(LARGE);
    await list('?sort=name');
    rig.world.rows.splice(0, 1);
    await rig.world.clock.advance(15_000);
    asked.length = 0;
  });

  test('a page comes from the store', async () => {
    expect(names(await list('?limit=1'))).toEqual([nameOf(1)]);
    expect(asked[0]).toEqual({ limit: 1 });
  });

  test('what changed is told of the fleet as it is', async () => {
    const { revision } = await list('?sort=name&limit=1');
    rig.world.rows.splice(0, 1);
    await rig.world.clock.advance(15_000);
    const news = await list(`?since=${revision}`);
    expect(news).toMatchObject({ full: false, total: LARGE - 2, removed: [{ hpa: nameOf(1) }] });
  });

  test('with the database away what was seen last is told', async () => {
    rig.world.services.store.countByCluster = async () => {
      throw new AgentError('storage/unreachable', 'away');
    };
    expect((await list('?limit=1')).total).toBe(LARGE);
  });
});
