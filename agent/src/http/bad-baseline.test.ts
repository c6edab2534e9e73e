import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NAME_RULES } from '../domain/hpa.ts';
import { expectRefused, text, type BadInput } from './bad-input.fixture.ts';
import { CONTEXTS, hpaRow } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const HPAS = '/api/v1/monitoring/hpas';
const ITEM = `${HPAS}/prod/shop/api`;
const BASELINE = `${ITEM}/baseline`;
const ACCEPT = `${BASELINE}/accept`;
const MUTE = `${ITEM}/mute`;
const BODY = { for: '2h' };

let rig: HttpRig;
beforeAll(async () => {
  rig = await startRig();
  rig.world.rows.push(hpaRow({ cluster: 'prod', namespace: 'shop', hpa: 'api' }));
});
afterAll(() => rig.stop());

const CASES: Record<string, BadInput> = {
  'a metric without baseline': {
    call: ['GET', `${BASELINE}?metrics=cpu,demand`],
    field: 'metrics',
    value: 'demand',
    allowed: ['cpu', 'memory', 'replicas', 'pressure'],
  },
  'two days ahead': {
    call: ['GET', `${BASELINE}?to=2026-01-07T12:00:00Z`],
    field: 'to',
    value: '2026-01-07T12:00:00Z',
    allowed: text('up to 2026-01-06T12:00:00.000Z'),
  },
  'a millisecond too far ahead': {
    call: ['GET', `${BASELINE}?to=2026-01-06T12:00:00.001Z`],
    field: 'to',
    value: '2026-01-06T12:00:00.001Z',
    allowed: text('up to'),
  },
  'a range backwards': {
    call: ['GET', `${BASELINE}?from=2026-01-05T12:00:00Z&to=2026-01-05T11:00:00Z`],
    field: 'from',
    value: '2026-01-05T12:00:00Z',
    allowed: text('before 2026-01-05T11:00:00.000Z'),
  },
  'a range of centuries': {
    call: ['GET', `${BASELINE}?from=1066-10-14T09:00:00Z`],
    field: 'from',
    value: '1066-10-14T09:00:00Z',
    allowed: text('from 1995'),
  },
  'a time without zone': {
    call: ['GET', `${BASELINE}?from=2026-01-05T12:00:00`],
    field: 'from',
    value: '2026-01-05T12:00:00',
    allowed: text('ISO 8601'),
  },
  'too many points': {
    call: ['GET', `${BASELINE}?step=1m&from=2025-12-01T00:00:00Z`],
    field: 'step',
    value: '1m',
    allowed: text('at least 5m'),
  },
  'a step of seconds': { call: ['GET', `${BASELINE}?step=90s`], field: 'step', value: '90s', allowed: text('minutes') },
  'a parameter nobody knows': {
    call: ['GET', `${BASELINE}?metric=cpu`],
    field: 'metric',
    value: 'cpu',
    allowed: ['metrics', 'from', 'to', 'step', 'day', 'max_points', 'observed'],
  },
  'the baseline of a bad name': {
    call: ['GET', `${HPAS}/prod/shop/API/baseline`],
    code: 'hpa/invalid-name',
    field: 'hpa',
    value: 'API',
    allowed: NAME_RULES.hpa,
  },
  'the baseline of an unknown cluster': {
    call: ['GET', `${HPAS}/nowhere/shop/api/baseline`],
    status: 404,
    code: 'cluster/unknown',
    field: 'cluster',
    value: 'nowhere',
    allowed: CONTEXTS,
  },
  'a new normal ahead': {
    call: ['POST', ACCEPT, { body: { since: '2026-01-05T12:00:01Z' } }],
    field: 'since',
    value: '2026-01-05T12:00:01Z',
    allowed: text('up to 2026-01-05T12:00:00.000Z'),
  },
  'a new normal in words': {
    call: ['POST', ACCEPT, { body: { since: 'now' } }],
    field: 'since',
    value: 'now',
    allowed: text('ISO 8601'),
  },
  'a new normal as number': {
    call: ['POST', ACCEPT, { body: { since: 5 } }],
    field: 'since',
    value: 5,
    allowed: text('ISO 8601'),
  },
  'a new normal with an unknown field': {
    call: ['POST', ACCEPT, { body: { from: '2026-01-05T11:00:00Z' } }],
    field: 'from',
    value: '2026-01-05T11:00:00Z',
    allowed: ['since'],
  },
  'a mute without body': { call: ['PUT', MUTE], field: 'body', allowed: ['until'] },
  'a mute that says nothing': {
    call: ['PUT', MUTE, { body: {} }],
    field: 'until',
    value: null,
    allowed: text('30 days'),
  },
  'a mute of both kinds': {
    call: ['PUT', MUTE, { body: { until: '2026-01-05T13:00:00Z', for: '1h' } }],
    field: 'for',
    value: '1h',
    allowed: ['until'],
  },
  'a mute in the past': {
    call: ['PUT', MUTE, { body: { until: '2026-01-05T11:59:00Z' } }],
    field: 'until',
    value: '2026-01-05T11:59:00Z',
    allowed: text('ahead'),
  },
  'a mute that ends now': {
    call: ['PUT', MUTE, { body: { until: '2026-01-05T12:00:00Z' } }],
    field: 'until',
    value: '2026-01-05T12:00:00Z',
    allowed: text('ahead'),
  },
  'a mute of 31 days': {
    call: ['PUT', MUTE, { body: { until: '2026-02-05T12:00:00Z' } }],
    field: 'until',
    value: '2026-02-05T12:00:00Z',
    allowed: text('30 days'),
  },
  'a mute until null': {
    call: ['PUT', MUTE, { body: { until: null } }],
    field: 'until',
    value: null,
    allowed: text('ISO'),
  },
  'a mute for 31 days': {
    call: ['PUT', MUTE, { body: { for: '31d' } }],
    field: 'for',
    value: '31d',
    allowed: text('30d'),
  },
  'a mute for no time': {
    call: ['PUT', MUTE, { body: { for: '0m' } }],
    field: 'for',
    value: '0m',
    allowed: text('1m'),
  },
  'a mute for a number': {
    call: ['PUT', MUTE, { body: { for: 7200 } }],
    field: 'for',
    value: 7_200,
    allowed: text('2h'),
  },
  'a mute by POST': {
    call: ['POST', MUTE, { body: BODY }],
    status: 405,
    code: 'request/method-not-allowed',
    field: 'method',
    value: 'POST',
    allowed: ['PUT', 'DELETE'],
  },
};

describe('a bad call about a baseline or a mute is refused with field, value and what is allowed, and nothing is written', () => {
  test.each(Object.entries(CASES))('%s', async (_name, input) => {
    await expectRefused(rig, input);
  });
});

describe('an HPA that is not watched is 404, and nothing is written', () => {
  test.each([
    ['GET', 'baseline', undefined],
    ['POST', 'baseline/accept', {}],
    ['PUT', 'mute', BODY],
    ['DELETE', 'mute', undefined],
  ])('%s %s', async (method, what, body) => {
    const answer = await rig.call(method, `${HPAS}/prod/shop/ap/${what}`, { body });
    expect(answer).toMatchObject({ status: 404, body: { code: 'hpa/not-enrolled' } });
    expect(rig.world.writes).toEqual([]);
  });
});
