import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HpaListAnswer } from '../contract/api.ts';
import { anomaly } from '../storage/anomaly.fixture.ts';
import { hpaRow, sampleAt } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const HPAS = '/api/v1/monitoring/hpas';
const key = (hpa: string) => ({ cluster: 'prod', namespace: 'shop', hpa });

let rig: HttpRig;
beforeEach(async () => {
  rig = await startRig();
  const values: [string, number | null, number][] = [
    ['a', 20, 1],
    ['b', null, 9],
    ['c', 80, 4],
    ['d', 80, 2],
  ];
  rig.world.rows.push(
    ...values.map(([hpa, cpuCurrent, replicasCurrent], index) =>
      hpaRow(key(hpa), {
        id: index + 1,
        latest: sampleAt(0, { cpuCurrent, replicasCurrent, pressure: replicasCurrent / 10 }),
        lastScanAt: index === 0 ? null : index,
      }),
    ),
  );
  rig.world.anomalies = [
    anomaly(3, 'w', { severity: 'warning', score: 3, key: key('c') }),
    anomaly(3, 'v', { severity: 'warning', score: 9, kind: 'maxed_out', key: key('c') }),
    anomaly(2, 'x', { severity: 'critical', score: 1, key: key('b') }),
    anomaly(4, 'i', { severity: 'info', key: key('d') }),
  ];
});
afterEach(() => rig.stop());

const list = async (query: string): Promise<HpaListAnswer> =>
  (await rig.call('GET', `${HPAS}${query}`)).body as HpaListAnswer;
const names = ({ hpas }: HpaListAnswer): string => hpas.map(({ hpa }) => hpa).join('');

describe('orders and filters', () => {
  test.each([
    ['cluster', 'abcd'],
    ['-cluster', 'dcba'],
    ['-name', 'dcba'],
    ['worst', 'bcda'],
    ['-worst', 'dcba'],
    ['cpu', 'acdb'],
    ['-cpu', 'cdab'],
    ['-replicas', 'bcda'],
    ['pressure', 'adcb'],
    ['-last_scan', 'dcba'],
  ])('sort=%s: %s, what is not known last', async (sort, expected) => {
    expect(names(await list(`?sort=${sort}`))).toBe(expected);
    const first = await list(`?sort=${sort}&limit=3`);
    const second = await list(`?sort=${sort}&limit=3&cursor=${first.next_cursor}`);
    expect(names(first) + names(second)).toBe(expected);
    expect(second.next_cursor).toBeNull();
  });

  test.each([
    ['any', 'bcd'],
    ['critical', 'b'],
    ['warning', 'c'],
    ['info', 'd'],
    ['none', 'a'],
  ])('anomaly=%s: %s', async (filter, expected) => {
    expect(names(await list(`?anomaly=${filter}`))).toBe(expected);
  });

  test('each item has its worst anomaly as a sentence', async () => {
    const { hpas } = await list('');
    expect(hpas.map(({ worst_anomaly }) => worst_anomaly?.id ?? null)).toEqual([null, 'x', 'v', 'i']);
    expect(hpas[1]?.worst_anomaly).toMatchObject({ severity: 'critical', sentence: expect.stringContaining('CPU of') });
  });
});

describe('asking for what changed', () => {
  test('nothing, then what changed, left the filter and went', async () => {
    const held = await list('?anomaly=any');
    expect(held).toMatchObject({ full: true, removed: [], total: 3 });
    const nothing = await list(`?anomaly=any&since=${held.revision}`);
    expect(nothing).toMatchObject({ full: false, hpas: [], removed: [], total: 3, revision: held.revision });
    rig.world.anomalies = rig.world.anomalies.filter(({ id }) => id !== 'i' && id !== 'v');
    rig.world.rows.splice(1, 1);
    rig.scanned();
    const news = await list(`?anomaly=any&since=${held.revision}&limit=1`);
    expect(news).toMatchObject({ full: false, total: 1, next_cursor: null });
    expect(names(news)).toBe('c');
    expect(news.removed).toEqual([key('b'), key('d')]);
    expect(news.revision).not.toBe(held.revision);
    expect(await list(`?anomaly=any&since=${news.revision}`)).toMatchObject({ full: false, hpas: [], removed: [] });
  });

  test('one that comes back is no longer among the removed', async () => {
    const held = await list('');
    const [gone] = rig.world.rows.splice(0, 1);
    rig.scanned();
    expect((await list(`?since=${held.revision}`)).removed).toEqual([key('a')]);
    rig.world.rows.push(gone!);
    rig.scanned();
    const back = await list(`?since=${held.revision}`);
    expect([names(back), back.removed]).toEqual(['a', []]);
  });

  test.each(['other.1', 'x', '', 'ahead'])('a revision that is not known (%j): the list itself', async (revision) => {
    const held = await list('');
    const since =
      revision === 'ahead' ? held.revision.replace(/\d+$/, '99') : `${revision || held.revision.split('.')[0]}`;
    expect(await list(`?since=${since}`)).toMatchObject({ full: true, total: 4 });
  });

  test('a mute that ends is a change without anybody doing anything', async () => {
    rig.world.rows[0]!.mutedUntil = rig.world.clock.now() + 1_000;
    const held = await list('');
    await rig.world.clock.advance(1_000);
    const news = await list(`?since=${held.revision}`);
    expect(news.hpas).toMatchObject([{ hpa: 'a', muted_until: null }]);
  });
});

describe('asking again is cheap', () => {
  test('between two changes the store is asked once, whoever asks for whatever', async () => {
    let reads = 0;
    const { store } = rig.world.services;
    const listHpas = store.listHpas;
    store.listHpas = (filter) => {
      reads++;
      return listHpas(filter);
    };
    await Promise.all([list(''), list('?sort=worst'), list('?anomaly=any')]);
    expect(reads).toBe(1);
    const { headers } = await rig.call('GET', HPAS);
    const held = { 'if-none-match': headers.get('etag') ?? '' };
    expect((await rig.call('GET', HPAS, { headers: held })).status).toBe(304);
    expect(reads).toBe(1);
    rig.scanned();
    expect((await rig.call('GET', HPAS, { headers: held })).status).toBe(304);
    expect(reads).toBe(2);
    await rig.call('PATCH', `${HPAS}/prod/shop/a`, { body: { monitoring_active: false } });
    expect((await rig.call('GET', HPAS, { headers: held })).status).toBe(200);
  });

  test('a store that fails is asked again', async () => {
    const { store } = rig.world.services;
    const listHpas = store.listHpas;
    store.listHpas = async () => {
      throw new Error('disk');
    };
    expect((await rig.call('GET', HPAS)).status).toBe(500);
    store.listHpas = listHpas;
    expect((await list('')).total).toBe(4);
  });
});
