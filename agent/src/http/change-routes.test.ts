import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../core/clock.ts';
import { hpaRow } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const KEY = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
const CHANGES = '/api/v1/monitoring/hpas/prod/shop/api/changes';
const NOON = Date.UTC(2026, 0, 5, 12);

let rig: HttpRig;
beforeEach(async () => {
  rig = await startRig();
  rig.world.rows.push(hpaRow(KEY, { target: { kind: 'Deployment', name: 'api' } }));
  rig.world.changes = [
    { kind: 'config', at: NOON - 5 * HOUR, field: 'replicasMin', from: 1, to: 2 },
    { kind: 'config', at: NOON - 2 * HOUR, field: 'replicasMax', from: 8, to: 12 },
    { kind: 'rollout', at: NOON - HOUR, from: null, to: 'api-b', isReturn: false },
    { kind: 'rollout', at: NOON - 30 * MINUTE, from: 'api-b', to: 'api-a', isReturn: true },
  ];
});
afterEach(() => rig.stop());

describe('what was done to an HPA', () => {
  test('in a range, oldest first, each with a sentence', async () => {
    const { status, body } = await rig.call('GET', `${CHANGES}?from=2026-01-05T09:00:00Z&to=2026-01-05T12:00:00Z`);
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'success',
      ...KEY,
      from: '2026-01-05T09:00:00.000Z',
      to: '2026-01-05T12:00:00.000Z',
      changes: [
        {
          at: '2026-01-05T10:00:00.000Z',
          kind: 'config',
          field: 'replicas_max',
          from: 8,
          to: 12,
          sentence: 'maxReplicas changed from 8 to 12.',
        },
        {
          at: '2026-01-05T11:00:00.000Z',
          kind: 'rollout',
          field: null,
          from: null,
          to: 'api-b',
          sentence: 'Rollout of Deployment api (ReplicaSet api-b).',
        },
        {
          at: '2026-01-05T11:30:00.000Z',
          kind: 'rollout',
          field: null,
          from: 'api-b',
          to: 'api-a',
          sentence: 'Rollback of Deployment api (to ReplicaSet api-a).',
        },
      ],
    });
  });

  test('a range that ends before it begins, and an HPA that is not watched, are said so', async () => {
    const wrong = await rig.call('GET', `${CHANGES}?from=2026-01-05T12:00:00Z&to=2026-01-05T11:00:00Z`);
    expect(wrong).toMatchObject({ status: 400, body: { code: 'request/invalid', details: { field: 'from' } } });
    const unknown = await rig.call('GET', CHANGES.replace('/api/changes', '/other/changes'));
    expect(unknown).toMatchObject({ status: 404, body: { code: 'hpa/not-enrolled' } });
  });
});
