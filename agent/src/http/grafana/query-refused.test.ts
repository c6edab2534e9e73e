import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hpaRow } from '../fake-services.fixture.ts';
import type { HttpRig } from '../http-rig.fixture.ts';
import { ask, panelRequest, startGrafanaRig } from './grafana.fixture.ts';

let rig: HttpRig;
beforeEach(async () => {
  rig = await startGrafanaRig();
});
afterEach(() => rig.stop());

describe('what is refused, with field, value and what is allowed', () => {
  const many = (rig: HttpRig) => {
    for (let i = 0; i < 101; i++)
      rig.world.rows.push(hpaRow({ cluster: 'prod', namespace: 'many', hpa: `h${i}` }, { id: 100 + i }));
    rig.scanned();
  };
  test.each<[string, unknown, string, unknown]>([
    ['a target nobody knows', [{ target: 'up' }], 'targets[0].target', expect.arrayContaining(['series', 'band'])],
    [
      'a metric',
      [{ target: 'hpas' }, { target: 'series', payload: { metric: 'rps' } }],
      'targets[1].payload.metric',
      expect.arrayContaining(['cpu_current']),
    ],
    [
      'a part of a band',
      [{ target: 'band', payload: { parts: 'middle' } }],
      'targets[0].payload.parts',
      ['value', 'lower', 'expected', 'upper'],
    ],
    [
      'a payload that is a list',
      [{ target: 'hpas', payload: '[1]' }],
      'targets[0].payload',
      expect.stringContaining('JSON object'),
    ],
    [
      'a limit',
      [{ target: 'anomalies', payload: { limit: '5000' } }],
      'targets[0].payload.limit',
      'a whole number from 1 to 1000',
    ],
    [
      'a variable that is not there',
      [{ target: 'hpas', payload: { cluster: '$cluster' } }],
      'targets[0].payload.cluster',
      expect.stringContaining('variable'),
    ],
    ['more HPAs than a chart can show', [{ target: 'series' }], 'targets[0].payload.hpa', 'at most 100 HPAs a query'],
    [
      'too many targets',
      Array.from({ length: 27 }, () => ({ target: 'hpas' })),
      'targets',
      expect.stringContaining('at most 26'),
    ],
  ])('%s', async (_, targets, field, allowed) => {
    many(rig);
    const { status, body } = await ask(rig, 'query', panelRequest(targets as Parameters<typeof panelRequest>[0]));
    expect([status, body['code']]).toEqual([400, 'request/invalid']);
    expect(body['details']).toMatchObject({ field, allowed });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['an end before its start', { range: { from: '2026-01-05T12:00:00Z', to: '2026-01-05T11:00:00Z' } }, 'range.from'],
    ['a time without a zone', { range: { from: '2026-01-05T12:00:00', to: '2026-01-05T13:00:00Z' } }, 'range.from'],
    ['years', { range: { from: '2020-01-05T12:00:00Z', to: '2026-01-05T13:00:00Z' } }, 'range.from'],
    ['no interval', { intervalMs: 0 }, 'intervalMs'],
    ['a key nobody knows', { filters: [{ key: 'City', operator: '=', value: 'Berlin' }] }, 'filters[0].key'],
    [
      'an operator that names have not',
      { filters: [{ key: 'hpa', operator: '<', value: '5' }] },
      'filters[0].operator',
    ],
  ])('%s', async (_, rest, field) => {
    const { status, body } = await ask(rig, 'query', panelRequest([{ target: 'hpas' }], rest));
    expect([status, body['code']]).toEqual([400, 'request/invalid']);
    expect(body['details']).toMatchObject({ field, allowed: expect.anything() });
  });

  test('half a million values at once', async () => {
    rig.world.rows.splice(0);
    for (let i = 0; i < 100; i++)
      rig.world.rows.push(hpaRow({ cluster: 'prod', namespace: 'many', hpa: `h${i}` }, { id: i }));
    const targets = [
      {
        target: 'series',
        payload: { metric: ['cpu', 'memory', 'pressure', 'replicas', 'replicas_max', 'replicas_min'] },
      },
    ];
    const range = { from: '2026-01-04T12:00:00Z', to: '2026-01-05T12:00:00Z' };
    const { status, body } = await ask(rig, 'query', panelRequest(targets, { range, maxDataPoints: 5_000 }));
    expect(status).toBe(400);
    expect(body['details']).toMatchObject({ field: 'targets', allowed: expect.stringContaining('at most 500000') });
  });

  test('a cluster nobody knows, with the contexts there are', async () => {
    const { status, body } = await ask(
      rig,
      'query',
      panelRequest([{ target: 'series', payload: { cluster: 'elsewhere' } }]),
    );
    expect([status, body['code']]).toEqual([404, 'cluster/unknown']);
    expect(body['details']).toMatchObject({ value: 'elsewhere' });
    const one = panelRequest([{ target: 'hpas', payload: { cluster: '{prod,elsewhere}' } }]);
    expect((await ask(rig, 'query', one)).status).toBe(200);
  });
});
