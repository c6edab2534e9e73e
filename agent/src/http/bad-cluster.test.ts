import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NAME_RULES } from '../domain/hpa.ts';
import { expectRefused, text, type BadInput } from './bad-input.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const CLUSTERS = '/api/v1/clusters';

let rig: HttpRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const CASES: Record<string, BadInput> = {
  'a cluster without a name': {
    call: ['POST', CLUSTERS, { body: {} }],
    field: 'name',
    value: null,
    allowed: text('cluster name'),
  },
  'a cluster named like an option': {
    call: ['POST', CLUSTERS, { body: { name: '-x' } }],
    code: 'hpa/invalid-name',
    field: 'name',
    value: '-x',
    allowed: NAME_RULES.cluster,
  },
  'a context named like an option': {
    call: ['POST', CLUSTERS, { body: { name: 'new', context: '--token=x' } }],
    field: 'context',
    value: '--token=x',
    allowed: text('not beginning with "-"'),
  },
  'an address that is no address': {
    call: ['POST', CLUSTERS, { body: { name: 'new', prometheus_url: 'file:///etc/passwd' } }],
    field: 'prometheus_url',
    value: 'file:///etc/passwd',
    allowed: text('http or https'),
  },
  'an address with a password': {
    call: ['POST', CLUSTERS, { body: { name: 'new', prometheus_url: 'http://me:hunter2@10.0.0.1:9090' } }],
    field: 'prometheus_url',
    value: 'http://[hidden]@10.0.0.1:9090',
    allowed: text('without credentials'),
  },
  'context and address at once': {
    call: ['POST', CLUSTERS, { body: { name: 'new', context: 'a', prometheus_url: 'http://10.0.0.1:9090' } }],
    field: 'prometheus_url',
    value: 'http://10.0.0.1:9090',
    allowed: text('http or https'),
  },
};

describe('a bad cluster is refused with field, value and what is allowed, and nothing is written', () => {
  test.each(Object.entries(CASES))('%s', async (_name, input) => {
    await expectRefused(rig, input);
    expect(rig.world.clusters).toHaveLength(2);
  });
});
