import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NAME_RULES } from '../domain/hpa.ts';
import { expectRefused, text, type BadInput } from './bad-input.fixture.ts';
import { hpaRow } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const KEY = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
const HPAS = '/api/v1/monitoring/hpas';
const ITEM = `${HPAS}/prod/shop/api`;
const HPA = '/api/v1/monitoring/hpa';
const JSON_TYPE = { 'content-type': 'application/json' };

let rig: HttpRig;
beforeAll(async () => {
  rig = await startRig();
  rig.world.rows.push(hpaRow(KEY));
});
afterAll(() => rig.stop());

const CASES: Record<string, BadInput> = {
  'no body': { call: ['POST', HPA], field: 'body', allowed: ['cluster', 'namespace', 'hpa'] },
  'an empty body': { call: ['POST', HPA, { body: {} }], field: 'cluster', value: null, allowed: text('cluster name') },
  'an array as body': { call: ['POST', HPA, { body: [KEY] }], field: 'body', allowed: ['cluster', 'namespace', 'hpa'] },
  'a number as namespace': {
    call: ['POST', HPA, { body: { ...KEY, namespace: 5 } }],
    field: 'namespace',
    value: 5,
    allowed: text('namespace'),
  },
  'null as hpa': {
    call: ['POST', HPA, { body: { ...KEY, hpa: null } }],
    field: 'hpa',
    value: null,
    allowed: text('name'),
  },
  'an unknown field': {
    call: ['POST', HPA, { body: { ...KEY, hpas: 'x' } }],
    field: 'hpas',
    value: 'x',
    allowed: ['cluster', 'namespace', 'hpa'],
  },
  'a prototype as field': {
    call: ['POST', HPA, { raw: '{"cluster":"prod","namespace":"shop","hpa":"x","__proto__":{"a":1}}' }],
    field: '__proto__',
    allowed: ['cluster', 'namespace', 'hpa'],
  },
  'an upper-case namespace': {
    call: ['POST', HPA, { body: { ...KEY, namespace: 'Shop' } }],
    code: 'hpa/invalid-name',
    field: 'namespace',
    value: 'Shop',
    allowed: NAME_RULES.namespace,
  },
  'an HPA name that holds a label matcher': {
    call: ['POST', HPA, { body: { ...KEY, hpa: 'x",a="' } }],
    code: 'hpa/invalid-name',
    field: 'hpa',
    value: 'x",a="',
    allowed: NAME_RULES.hpa,
  },
  'a cluster that looks like an option': {
    call: ['POST', HPA, { body: { ...KEY, cluster: '--kubeconfig=/x' } }],
    code: 'hpa/invalid-name',
    field: 'cluster',
    value: '--kubeconfig=/x',
    allowed: NAME_RULES.cluster,
  },
  'a name of 300 characters': {
    call: ['POST', HPA, { body: { ...KEY, hpa: 'a'.repeat(300) } }],
    field: 'hpa',
    value: `${'a'.repeat(200)}...`,
    allowed: text('name'),
  },
  'JSON that ends too early': { call: ['POST', HPA, { raw: '{"cluster":' }], field: 'body', allowed: text('JSON') },
  'a JSON string': { call: ['POST', HPA, { raw: '"prod"' }], field: 'body', allowed: text('JSON') },
  'another content type': {
    call: ['POST', HPA, { raw: 'cluster=prod', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    status: 415,
    code: 'request/unsupported-media-type',
    field: 'Content-Type',
    value: 'application/x-www-form-urlencoded',
    allowed: 'application/json',
  },
  'a compressed body': {
    call: ['POST', HPA, { raw: 'x', headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } }],
    status: 415,
    code: 'request/unsupported-media-type',
    field: 'Content-Encoding',
    value: 'gzip',
    allowed: 'identity',
  },
  'an unknown charset': {
    call: ['POST', HPA, { raw: '{}', headers: { 'content-type': 'application/json; charset=klingon' } }],
    status: 415,
    code: 'request/unsupported-media-type',
    field: 'charset',
    value: 'klingon',
    allowed: 'utf-8',
  },
  'a body over 1 MiB': {
    call: ['POST', HPA, { raw: `{"cluster":"${'a'.repeat(1_048_576)}"}` }],
    status: 413,
    code: 'request/too-large',
    field: 'body',
    value: 1_048_590,
    allowed: 1_048_576,
  },
  'many: neither items nor all': {
    call: ['POST', HPAS, { body: {} }],
    field: 'items',
    value: null,
    allowed: text('1 to 5000'),
  },
  'many: no items': {
    call: ['POST', HPAS, { body: { items: [] } }],
    field: 'items',
    value: [],
    allowed: text('1 to 5000'),
  },
  'many: all is not true': {
    call: ['POST', HPAS, { body: { cluster: 'prod', all: 'yes' } }],
    field: 'all',
    value: 'yes',
    allowed: 'true',
  },
  'many: one item lacks its hpa': {
    call: [
      'POST',
      HPAS,
      {
        body: {
          items: [
            { ...KEY, hpa: 'new' },
            { cluster: 'prod', namespace: 'shop' },
          ],
        },
      },
    ],
    field: 'items[1].hpa',
    value: null,
    allowed: text('name'),
  },
  'many: one item has a bad name': {
    call: [
      'POST',
      HPAS,
      {
        body: {
          items: [
            { ...KEY, hpa: 'new' },
            { ...KEY, namespace: 'a_b' },
          ],
        },
      },
    ],
    code: 'hpa/invalid-name',
    field: 'items[1].namespace',
    value: 'a_b',
    allowed: NAME_RULES.namespace,
  },
  'many: an item has an unknown field': {
    call: ['POST', HPAS, { body: { items: [{ ...KEY, hpa: 'new', x: 1 }] } }],
    field: 'items[0].x',
    value: 1,
    allowed: ['cluster', 'namespace', 'hpa'],
  },
  'a patch of nothing': {
    call: ['PATCH', ITEM, { body: {} }],
    field: 'body',
    value: {},
    allowed: ['monitoring_active', 'timezone'],
  },
  'a patch of an unknown field': {
    call: ['PATCH', ITEM, { body: { muted: true } }],
    field: 'muted',
    value: true,
    allowed: ['monitoring_active', 'timezone'],
  },
  'a pause in words': {
    call: ['PATCH', ITEM, { body: { monitoring_active: 'no' } }],
    field: 'monitoring_active',
    value: 'no',
    allowed: 'true or false',
  },
  'a time zone as number': {
    call: ['PATCH', ITEM, { body: { timezone: 2 } }],
    field: 'timezone',
    value: 2,
    allowed: text('IANA'),
  },
  'an unknown time zone': {
    call: ['PATCH', ITEM, { body: { timezone: 'Mars/Olympus' } }],
    field: 'timezone',
    value: 'Mars/Olympus',
    allowed: text('IANA'),
  },
  'an offset as time zone': {
    call: ['PATCH', ITEM, { body: { timezone: '+02:00' } }],
    field: 'timezone',
    value: '+02:00',
    allowed: text('IANA'),
  },
  'a backfill with wishes': {
    call: ['POST', `${ITEM}/backfill`, { body: { days: 7 } }],
    field: 'days',
    value: 7,
    allowed: [],
  },
};

describe('a bad body is refused with field, value and what is allowed, and nothing is written', () => {
  test.each(Object.entries(CASES))('%s', async (_name, input) => {
    await expectRefused(rig, input);
    expect(rig.world.rows).toHaveLength(1);
  });
});

test('every fault of a body is told, not only the first', async () => {
  const { body } = await rig.call('POST', HPA, { body: { cluster: 1, hpa: 2 } });
  const { faults } = body['details'] as { faults: { field: string }[] };
  expect(faults.map(({ field }) => field)).toEqual(['cluster', 'namespace', 'hpa']);
});
