import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NAME_RULES } from '../domain/hpa.ts';
import { expectRefused, text, type BadInput } from './bad-input.fixture.ts';
import { CONTEXTS, hpaRow } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const KEY = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
const SPARKLINES = '/api/v1/monitoring/sparklines';
const HPAS = '/api/v1/monitoring/hpas';
const ITEM = `${HPAS}/prod/shop/api`;
const CLUSTERS = '/api/v1/clusters';

let rig: HttpRig;
beforeAll(async () => {
  rig = await startRig();
  rig.world.rows.push(hpaRow(KEY));
});
afterAll(() => rig.stop());

const CASES: Record<string, BadInput> = {
  'a limit of 0': { call: ['GET', `${HPAS}?limit=0`], field: 'limit', value: '0', allowed: text('1 to 1000') },
  'a limit in words': { call: ['GET', `${HPAS}?limit=all`], field: 'limit', value: 'all', allowed: text('1 to 1000') },
  'a limit twice': {
    call: ['GET', `${HPAS}?limit=1&limit=2`],
    field: 'limit',
    value: ['1', '2'],
    allowed: text('1 to 1000'),
  },
  'a sort nobody knows': {
    call: ['GET', `${HPAS}?sort=age`],
    field: 'sort',
    value: 'age',
    allowed: expect.arrayContaining(['worst', '-cpu']),
  },
  'since beside a cursor': {
    call: ['GET', `${HPAS}?since=a.1&cursor=${Buffer.from('["cluster","a","a","b","c"]').toString('base64url')}`],
    field: 'cursor',
    value: expect.any(String),
    allowed: text('no cursor'),
  },
  'the cursor of another order': {
    call: ['GET', `${HPAS}?sort=cpu&cursor=${Buffer.from('["name","a","a","b","c"]').toString('base64url')}`],
    field: 'cursor',
    value: expect.any(String),
    allowed: text('the same sort'),
  },
  'a sparkline of half a name': {
    call: ['GET', `${SPARKLINES}?hpa=shop/api`],
    field: 'hpa',
    value: 'shop/api',
    allowed: 'cluster/namespace/hpa',
  },
  'a sparkline of nothing': { call: ['GET', SPARKLINES], field: 'hpa', value: null, allowed: text('1 to 100') },
  '101 sparklines': {
    call: ['GET', `${SPARKLINES}?${'hpa=a/b/c&'.repeat(101)}`],
    field: 'hpa',
    value: expect.anything(),
    allowed: text('1 to 100'),
  },
  'a sparkline of a week': {
    call: ['GET', `${SPARKLINES}?hpa=a/b/c&window=7d`],
    field: 'window',
    value: '7d',
    allowed: text('10m to 1d'),
  },
  'too many points of a sparkline': {
    call: ['GET', `${SPARKLINES}?hpa=a/b/c&window=1d&step=1m`],
    field: 'step',
    value: '1m',
    allowed: text('at least 3m'),
  },
  'a day beside a time': {
    call: ['GET', `${HPAS}/prod/shop/api/series?day=today&from=2026-01-05T12:00:00Z`],
    field: 'from',
    value: '2026-01-05T12:00:00Z',
    allowed: text('either day'),
  },
  'a day that is none': {
    call: ['GET', `${HPAS}/prod/shop/api/series?day=2026-02-30`],
    field: 'day',
    value: '2026-02-30',
    allowed: text('yesterday'),
  },
  'too many points': {
    call: ['GET', `${HPAS}/prod/shop/api/baseline?max_points=5`],
    field: 'max_points',
    value: '5',
    allowed: text('10 to 11000'),
  },
  'a misspelt parameter': {
    call: ['GET', `${HPAS}?limitt=5`],
    field: 'limitt',
    value: '5',
    allowed: ['cluster', 'namespace', 'q', 'state', 'anomaly', 'sort', 'limit', 'cursor', 'since'],
  },
  'a parameter where none is known': {
    call: ['GET', '/api/v1/monitoring/status?x=1'],
    field: 'x',
    value: '1',
    allowed: [],
  },
  'a token as parameter': {
    call: ['GET', '/api/v1/monitoring/status?access_token=hunter2'],
    field: 'access_token',
    value: '[hidden]',
    allowed: [],
  },
  'an unknown state': {
    call: ['GET', `${HPAS}?state=broken`],
    field: 'state',
    value: 'broken',
    allowed: ['queued', 'running', 'ready', 'partial', 'failed', 'paused', 'gone'],
  },
  "somebody else's cursor": {
    call: ['GET', `${HPAS}?cursor=zzz`],
    field: 'cursor',
    value: 'zzz',
    allowed: text('next_cursor'),
  },
  'a list of an unknown cluster': {
    call: ['GET', `${HPAS}?cluster=nowhere`],
    status: 404,
    code: 'cluster/unknown',
    field: 'cluster',
    value: 'nowhere',
    allowed: CONTEXTS,
  },
  'a path with a bad name': {
    call: ['GET', `${HPAS}/prod/SHOP/api`],
    code: 'hpa/invalid-name',
    field: 'namespace',
    value: 'SHOP',
    allowed: NAME_RULES.namespace,
  },
  'a path with half an escape': {
    call: ['GET', `${HPAS}/prod/shop/%E0%A4`],
    field: 'path',
    value: null,
    allowed: text('UTF-8'),
  },
  'a path escaped twice': {
    call: ['GET', `${HPAS}/prod/shop/a%252Fb`],
    code: 'hpa/invalid-name',
    field: 'hpa',
    value: 'a%2Fb',
    allowed: NAME_RULES.hpa,
  },
  'purge in words': {
    call: ['DELETE', `${ITEM}?purge=please`],
    field: 'purge',
    value: 'please',
    allowed: ['true', 'false'],
  },
  'an unknown metric': {
    call: ['GET', `${ITEM}/series?metrics=cpu_current,disk`],
    field: 'metrics',
    value: 'disk',
    allowed: expect.arrayContaining(['cpu_current', 'replicas_max']),
  },
  'a time without zone': {
    call: ['GET', `${ITEM}/series?from=2026-01-05T12:00:00`],
    field: 'from',
    value: '2026-01-05T12:00:00',
    allowed: text('ISO 8601'),
  },
  'a range backwards': {
    call: ['GET', `${ITEM}/series?from=2026-01-05T12:00:00Z&to=2026-01-05T11:00:00Z`],
    field: 'from',
    value: '2026-01-05T12:00:00Z',
    allowed: text('before 2026-01-05T11:00:00.000Z'),
  },
  'a step of seconds': {
    call: ['GET', `${ITEM}/series?step=30s`],
    field: 'step',
    value: '30s',
    allowed: text('whole minutes'),
  },
  'a step that gives too many points': {
    call: ['GET', `${ITEM}/series?step=1m&from=2025-12-01T00:00:00Z`],
    field: 'step',
    value: '1m',
    allowed: text('at least 5m'),
  },
  'removing an unknown cluster': {
    call: ['DELETE', `${CLUSTERS}/nowhere`],
    status: 404,
    code: 'cluster/unknown',
    field: 'cluster',
    value: 'nowhere',
    allowed: CONTEXTS,
  },
  'a route that is none': {
    call: ['GET', '/api/v1/monitoring/alarms'],
    status: 404,
    code: 'request/not-found',
    field: 'path',
    value: '/api/v1/monitoring/alarms',
    allowed: text('/openapi.json'),
  },
  'a method the route lacks': {
    call: ['PUT', HPAS],
    status: 405,
    code: 'request/method-not-allowed',
    field: 'method',
    value: 'PUT',
    allowed: ['POST', 'GET', 'HEAD'],
  },
};

describe('a bad path or parameter is refused with field, value and what is allowed, and nothing is written', () => {
  test.each(Object.entries(CASES))('%s', async (_name, input) => {
    await expectRefused(rig, input);
    expect(rig.world.rows).toHaveLength(1);
  });
});

test('a 405 carries Allow', async () => {
  const { headers } = await rig.call('GET', `${CLUSTERS}/prod`);
  expect(headers.get('allow')).toBe('DELETE');
});
