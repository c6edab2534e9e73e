import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MINUTE } from '../core/clock.ts';
import { QUEUED_BASELINE } from '../domain/baseline.ts';
import { hpaRow, sampleAt } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const HPAS = '/api/v1/monitoring/hpas';
const KEY = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
const ITEM = `${HPAS}/prod/shop/api`;
const ARN = 'arn:aws:eks:eu-west-1:1:cluster/shop';

let rig: HttpRig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

describe('one HPA', () => {
  beforeEach(() => {
    const baseline = {
      ...QUEUED_BASELINE,
      state: 'ready' as const,
      coverage: 98,
      columns: { replicasCurrent: 98 },
      readyAt: 1,
    };
    rig.world.rows.push(hpaRow(KEY, { baseline, latest: sampleAt(1, { pressure: 1.5 }) }));
    rig.world.rows.push(hpaRow({ ...KEY, hpa: 'api-gateway' }, { id: 2 }));
    rig.world.rows.push(hpaRow({ cluster: ARN, namespace: 'web', hpa: 'z' }, { id: 3 }));
    rig.world.rows.push(hpaRow({ cluster: 'removed', namespace: 'web', hpa: 'z' }, { id: 4 }));
  });

  test.each([
    [ITEM, KEY],
    [`${HPAS}/prod-admin/shop/api`, KEY],
    [`${HPAS}/prod/shop/api-gateway`, { hpa: 'api-gateway' }],
    [`${HPAS}/${encodeURIComponent(ARN)}/web/z`, { cluster: ARN }],
    [`${HPAS}/removed/web/z`, { cluster: 'removed' }],
  ])('GET %s', async (path, expected) => {
    expect(await rig.call('GET', path)).toMatchObject({ status: 200, body: { hpa: expected } });
  });

  test.each([
    [`${HPAS}/prod/shop/ap`, 'hpa/not-enrolled'],
    [`${HPAS}/prod/shop/ap/series`, 'hpa/not-enrolled'],
    [`${HPAS}/moon/shop/api`, 'cluster/unknown'],
    [`${HPAS}/moon/shop/api/series`, 'cluster/unknown'],
  ])('GET %s: 404 %s', async (path, code) => {
    expect(await rig.call('GET', path)).toMatchObject({ status: 404, body: { code } });
  });

  test.each([
    [{ monitoring_active: false }, { active: false }, { monitoring_active: false, timezone: 'UTC' }],
    [
      { timezone: 'europe/berlin' },
      { timezone: 'Europe/Berlin' },
      { monitoring_active: true, timezone: 'Europe/Berlin' },
    ],
    [{ timezone: null }, { timezone: null }, { timezone: 'UTC' }],
  ])('PATCH %j', async (body, patch, expected) => {
    const answer = await rig.call('PATCH', ITEM, { body });
    expect(answer).toMatchObject({ status: 200, body: { hpa: expected } });
    expect(rig.world.writes).toEqual([['patch', KEY, patch]]);
  });

  test('PATCH of one that is not enrolled writes nothing', async () => {
    const answer = await rig.call('PATCH', `${HPAS}/prod/shop/ap`, { body: { monitoring_active: false } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'hpa/not-enrolled' } });
    expect(rig.world.writes).toEqual([]);
  });

  test.each([
    ['', false],
    ['?purge=false', false],
    ['?purge=true', true],
  ])('DELETE%s', async (query, purged) => {
    expect(await rig.call('DELETE', `${ITEM}${query}`)).toMatchObject({ status: 200, body: { purged } });
    expect(rig.world.writes).toEqual([['stop', KEY, { purge: purged }]]);
    expect((await rig.call('DELETE', ITEM)).status).toBe(404);
  });

  test('series: columns over the same instants, gaps as null', async () => {
    const now = rig.world.clock.now();
    rig.world.samples = [
      sampleAt(now - 2 * MINUTE, { pressure: 0.9, approximate: true }),
      sampleAt(now - MINUTE, { replicasCurrent: 3, cpuBasis: 'core' }),
    ];
    const { body } = await rig.call('GET', `${ITEM}/series?metrics=pressure,replicas_current&step=1m`);
    expect(body).toEqual({
      status: 'success',
      ...KEY,
      from: '2026-01-05T09:00:00.000Z',
      to: '2026-01-05T12:00:00.000Z',
      step: '60s',
      cpu_basis: 'core',
      approximate: true,
      timestamps: ['2026-01-05T11:58:00.000Z', '2026-01-05T11:59:00.000Z'],
      values: { pressure: [0.9, null], replicas_current: [null, 3] },
    });
  });
});
