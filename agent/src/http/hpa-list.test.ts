import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hpaRow } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const HPAS = '/api/v1/monitoring/hpas';
const KEY = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
const ARN = 'arn:aws:eks:eu-west-1:1:cluster/shop';

let rig: HttpRig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

describe('the list', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  beforeEach(() => {
    rig.world.rows.push(...names.map((hpa, id) => hpaRow({ ...KEY, hpa }, { id })));
    rig.world.rows.push(hpaRow({ cluster: ARN, namespace: 'web', hpa: 'z' }, { id: 9 }));
  });
  const namesOf = (body: Record<string, unknown>) => (body['hpas'] as { hpa: string }[]).map(({ hpa }) => hpa);

  test('page by page, each HPA once', async () => {
    const pages: string[][] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await rig.call('GET', `${HPAS}?cluster=prod&limit=2${cursor && `&cursor=${cursor}`}`);
      expect(body['total']).toBe(5);
      pages.push(namesOf(body));
      cursor = body['next_cursor'] as string | null;
    }
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  test.each([
    ['?cluster=prod-admin&q=SHOP/b', ['b']],
    [`?cluster=${encodeURIComponent(ARN)}`, ['z']],
    ['?namespace=web', ['z']],
    ['?namespace=nowhere', []],
    ['?state=ready', []],
    ['', ['z', ...names]],
  ])('filter %s', async (query, expected) => {
    const { status, body } = await rig.call('GET', `${HPAS}${query}`);
    expect(status).toBe(200);
    expect(namesOf(body)).toEqual(expected);
  });
});
