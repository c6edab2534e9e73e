import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { forwardInfo, hpaRow } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const KEY = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
const ARN = 'arn:aws:eks:eu-west-1:1:cluster/shop';

let rig: HttpRig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

describe('clusters', () => {
  test('the list tells the way to each', async () => {
    rig.world.rows.push(hpaRow(KEY));
    rig.world.forwards = [
      forwardInfo('prod', { state: { kind: 'ready', since: 0, baseUrl: 'http://127.0.0.1:41553' } }),
    ];
    const { body } = await rig.call('GET', '/api/v1/clusters');
    expect(body['clusters']).toMatchObject([
      {
        name: 'prod',
        context: 'prod-admin',
        prometheus_url: 'http://127.0.0.1:41553',
        hpas: 1,
        forward: { status: 'active' },
      },
      { name: ARN, prometheus_url: null, hpas: 0, forward: null, last_scan: null },
    ]);
  });

  test.each([
    [{ name: 'new' }, { name: 'new', context: 'new-admin', prometheus_url: null }],
    [{ name: 'new', context: 'other' }, { context: 'other' }],
    [
      { name: 'new', prometheus_url: 'http://10.0.0.1:9090/prom' },
      { context: null, prometheus_url: 'http://10.0.0.1:9090/prom' },
    ],
  ])('POST %j', async (body, cluster) => {
    const answer = await rig.call('POST', '/api/v1/clusters', { body });
    expect(answer).toMatchObject({ status: 201, body: { cluster: { ...cluster, source: 'api' } } });
    expect(rig.world.writes).toEqual([['add', 'new']]);
    expect(await rig.call('POST', '/api/v1/clusters', { body })).toMatchObject({
      status: 409,
      body: { code: 'cluster/exists' },
    });
  });

  test('DELETE of a name with a slash', async () => {
    expect((await rig.call('DELETE', `/api/v1/clusters/${encodeURIComponent(ARN)}`)).status).toBe(200);
    expect(rig.world.writes).toEqual([['remove', ARN]]);
  });

  test('the HPAs found there, and which are enrolled', async () => {
    rig.world.rows.push(hpaRow(KEY));
    const found = { target: null, replicasMin: 1, replicasMax: 3, replicasCurrent: null, metrics: [] };
    rig.world.discovered = ['api', 'web'].map((hpa) => ({ ...found, namespace: 'shop', hpa }));
    const { body } = await rig.call('GET', '/api/v1/clusters/prod-admin/hpas');
    expect(body).toMatchObject({
      cluster: 'prod',
      hpas: [
        { hpa: 'api', enrolled: true, replicas_max: 3, replicas_current: null },
        { hpa: 'web', enrolled: false },
      ],
      notes: ['kube_pod_owner is missing'],
    });
  });
});
