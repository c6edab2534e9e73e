import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AgentError } from '../core/errors.ts';
import { hpaRow } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const HPAS = '/api/v1/monitoring/hpas';
const KEY = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
const ITEM = `${HPAS}/prod/shop/api`;

let rig: HttpRig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

describe('enrolling', () => {
  test('a new HPA: 201 and when its history will be there', async () => {
    const { status, body } = await rig.call('POST', '/api/v1/monitoring/hpa', { body: KEY });
    expect(status).toBe(201);
    expect(body).toEqual({
      status: 'success',
      message: 'HPA added to monitoring',
      has_baseline: false,
      baseline_collection_started: true,
      estimated_completion: '2026-01-05T12:01:30.000Z',
      ...KEY,
    });
    expect(rig.world.writes).toEqual([['enrol', KEY]]);
  });

  test('one that is enrolled: 200, and nothing is started', async () => {
    rig.world.rows.push(hpaRow(KEY));
    const { status, body } = await rig.call('POST', '/api/v1/monitoring/hpa', { body: KEY });
    expect(status).toBe(200);
    expect(body).toMatchObject({ has_baseline: true, baseline_collection_started: false, estimated_completion: null });
  });

  test('one of a cluster nobody knows: 404 with the contexts there are', async () => {
    const details = { field: 'cluster', value: 'moon', allowed: ['prod-admin'] };
    rig.world.failing.set('api', new AgentError('cluster/unknown', 'no context for moon', { details }));
    const answer = await rig.call('POST', '/api/v1/monitoring/hpa', { body: { ...KEY, cluster: 'moon' } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'cluster/unknown', details } });
  });

  test('many: a result for each, and one that fails stops no other', async () => {
    rig.world.rows.push(hpaRow({ ...KEY, hpa: 'old' }));
    rig.world.failing.set('bad', new AgentError('hpa/not-found', 'there is no such HPA'));
    const items = ['new', 'bad', 'old'].map((hpa) => ({ ...KEY, hpa }));
    const { status, body } = await rig.call('POST', HPAS, { body: { items } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ created: 1, existing: 1, failed: 1 });
    expect(body['results']).toMatchObject([
      { hpa: 'new', outcome: 'created' },
      { hpa: 'bad', outcome: 'failed', error: { code: 'hpa/not-found' } },
      { hpa: 'old', outcome: 'existing' },
    ]);
  });

  test.each([
    [{ cluster: 'prod', all: true }, ['api', 'web']],
    [{ cluster: 'prod', namespace: 'front', all: true }, ['web']],
  ])('all: %j', async (request, names) => {
    const found = { target: null, replicasMin: 1, replicasMax: 3, replicasCurrent: 1, metrics: [] };
    rig.world.discovered = [
      { ...found, namespace: 'shop', hpa: 'api' },
      { ...found, namespace: 'front', hpa: 'web' },
    ];
    const { body } = await rig.call('POST', HPAS, { body: request });
    expect((body['results'] as { hpa: string }[]).map(({ hpa }) => hpa)).toEqual(names);
  });

  test.each([undefined, {}])('collect again, with the body %j', async (body) => {
    rig.world.rows.push(hpaRow(KEY));
    const answer = await rig.call('POST', `${ITEM}/backfill`, { body });
    expect(answer).toMatchObject({
      status: 202,
      body: { baseline_collection_started: true, estimated_completion: '2026-01-05T12:01:00.000Z' },
    });
    expect(rig.world.writes).toEqual([['backfill', KEY]]);
  });
});
