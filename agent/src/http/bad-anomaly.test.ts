import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NAME_RULES } from '../domain/hpa.ts';
import { anomaly } from '../storage/anomaly.fixture.ts';
import { expectRefused, text, type BadInput } from './bad-input.fixture.ts';
import { CONTEXTS } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const LIST = '/api/v1/monitoring/anomalies';
const KINDS = expect.arrayContaining(['maxed_out', 'config_changed']);

let rig: HttpRig;
beforeAll(async () => {
  rig = await startRig();
  rig.world.anomalies.push(anomaly(1, 'a1'));
});
afterAll(() => rig.stop());

const CASES: Record<string, BadInput> = {
  'an unknown state': {
    call: ['GET', `${LIST}?state=open`],
    field: 'state',
    value: 'open',
    allowed: ['pending', 'firing', 'resolved'],
  },
  'one unknown state of two': {
    call: ['GET', `${LIST}?state=firing,over`],
    field: 'state',
    value: 'over',
    allowed: ['pending', 'firing', 'resolved'],
  },
  'an empty state': { call: ['GET', `${LIST}?state=`], field: 'state', value: '', allowed: text('firing') },
  'a state twice': {
    call: ['GET', `${LIST}?state=firing&state=resolved`],
    field: 'state',
    value: ['firing', 'resolved'],
    allowed: text('parted by commas'),
  },
  'a severity in capitals': {
    call: ['GET', `${LIST}?severity=Critical`],
    field: 'severity',
    value: 'Critical',
    allowed: ['critical', 'warning', 'info'],
  },
  'an unknown kind': { call: ['GET', `${LIST}?kind=cpu`], field: 'kind', value: 'cpu', allowed: KINDS },
  'a bad namespace': {
    call: ['GET', `${LIST}?namespace=SHOP`],
    code: 'hpa/invalid-name',
    field: 'namespace',
    value: 'SHOP',
    allowed: NAME_RULES.namespace,
  },
  'a bad HPA name': {
    call: ['GET', `${LIST}?hpa=a%22b`],
    code: 'hpa/invalid-name',
    field: 'hpa',
    value: 'a"b',
    allowed: NAME_RULES.hpa,
  },
  'a bad cluster': {
    call: ['GET', `${LIST}?cluster=-x`],
    code: 'hpa/invalid-name',
    field: 'cluster',
    value: '-x',
    allowed: NAME_RULES.cluster,
  },
  'an unknown cluster': {
    call: ['GET', `${LIST}?cluster=nowhere`],
    status: 404,
    code: 'cluster/unknown',
    field: 'cluster',
    value: 'nowhere',
    allowed: CONTEXTS,
  },
  'a time in words': { call: ['GET', `${LIST}?from=today`], field: 'from', value: 'today', allowed: text('ISO 8601') },
  'a time without zone': {
    call: ['GET', `${LIST}?to=2026-01-05T12:00:00`],
    field: 'to',
    value: '2026-01-05T12:00:00',
    allowed: text('ISO 8601'),
  },
  'a range backwards': {
    call: ['GET', `${LIST}?from=2026-01-05T12:00:00Z&to=2026-01-05T11:00:00Z`],
    field: 'from',
    value: '2026-01-05T12:00:00Z',
    allowed: text('2026-01-05T11:00:00.000Z'),
  },
  'a limit of 501': { call: ['GET', `${LIST}?limit=501`], field: 'limit', value: '501', allowed: text('1 to 500') },
  "somebody else's cursor": {
    call: ['GET', `${LIST}?cursor=zzz`],
    field: 'cursor',
    value: 'zzz',
    allowed: text('next_cursor'),
  },
  'a misspelt parameter': {
    call: ['GET', `${LIST}?states=firing`],
    field: 'states',
    value: 'firing',
    allowed: expect.arrayContaining(['state', 'severity', 'kind']),
  },
  'an anomaly that is none': {
    call: ['GET', `${LIST}/a2`],
    status: 404,
    code: 'anomaly/not-found',
    field: 'id',
    value: 'a2',
    allowed: text('id'),
  },
  'acknowledging one that is none': {
    call: ['POST', `${LIST}/a2/ack`],
    status: 404,
    code: 'anomaly/not-found',
    field: 'id',
    value: 'a2',
    allowed: text('id'),
  },
  'excluding one that is none': {
    call: ['POST', `${LIST}/a2/exclude`, { body: {} }],
    status: 404,
    code: 'anomaly/not-found',
    field: 'id',
    value: 'a2',
    allowed: text('id'),
  },
  'an id of 300 characters': {
    call: ['GET', `${LIST}/${'a'.repeat(300)}`],
    field: 'id',
    value: `${'a'.repeat(200)}...`,
    allowed: text('id'),
  },
  'acknowledged in words': {
    call: ['POST', `${LIST}/a1/ack`, { body: { acknowledged: 'yes' } }],
    field: 'acknowledged',
    value: 'yes',
    allowed: text('true'),
  },
  'acknowledged null': {
    call: ['POST', `${LIST}/a1/ack`, { body: { acknowledged: null } }],
    field: 'acknowledged',
    value: null,
    allowed: text('true'),
  },
  'an acknowledgement with an unknown field': {
    call: ['POST', `${LIST}/a1/ack`, { body: { ack: true } }],
    field: 'ack',
    value: true,
    allowed: ['acknowledged'],
  },
  'an acknowledgement as array': {
    call: ['POST', `${LIST}/a1/ack`, { body: [] }],
    field: 'body',
    allowed: ['acknowledged'],
  },
  'excluded as number': {
    call: ['POST', `${LIST}/a1/exclude`, { body: { excluded: 1 } }],
    field: 'excluded',
    value: 1,
    allowed: text('true'),
  },
  'an exclusion with an unknown field': {
    call: ['POST', `${LIST}/a1/exclude`, { body: { acknowledged: true } }],
    field: 'acknowledged',
    value: true,
    allowed: ['excluded'],
  },
  'acknowledging as a form': {
    call: [
      'POST',
      `${LIST}/a1/ack`,
      { raw: 'acknowledged=true', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    status: 415,
    code: 'request/unsupported-media-type',
    field: 'Content-Type',
    value: 'application/x-www-form-urlencoded',
    allowed: 'application/json',
  },
  'a method the list lacks': {
    call: ['DELETE', `${LIST}/a1`],
    status: 405,
    code: 'request/method-not-allowed',
    field: 'method',
    value: 'DELETE',
    allowed: ['GET', 'HEAD'],
  },
};

describe('a bad call about anomalies is refused with field, value and what is allowed, and nothing is written', () => {
  test.each(Object.entries(CASES))('%s', async (_name, input) => {
    await expectRefused(rig, input);
    expect(rig.world.anomalies).toEqual([anomaly(1, 'a1')]);
  });
});
