import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { READ_TOKEN, startRig, WRITE_TOKEN, type HttpRig } from './http-rig.fixture.ts';

const STATUS = '/api/v1/monitoring/status';
const HPA = '/api/v1/monitoring/hpa';
const BODY = { cluster: 'prod', namespace: 'shop', hpa: 'api' };

let rig: HttpRig;
beforeAll(async () => {
  rig = await startRig({ allowedHosts: ['Agent.example:8085', '[fd00::7]'] });
});
afterAll(() => rig.stop());

type Row = [what: string, method: string, path: string, token: string | null, status: number, code: string | null];
const MATRIX: Row[] = [
  ['no token', 'GET', STATUS, null, 401, 'auth/required'],
  ['no token, a write', 'POST', HPA, null, 401, 'auth/required'],
  ['no token, a route that is none', 'GET', '/nothing', null, 401, 'auth/required'],
  ['no token, metrics', 'GET', '/metrics', null, 401, 'auth/required'],
  ['no token, the contract', 'GET', '/openapi.json', null, 401, 'auth/required'],
  ['no token, events', 'GET', '/api/v1/events', null, 401, 'auth/required'],
  ['no token, alive', 'GET', '/healthz', null, 200, null],
  ['no token, ready', 'GET', '/readyz', null, 200, null],
  ['an unknown token', 'GET', STATUS, 'guess', 401, 'auth/denied'],
  ['half a token', 'GET', STATUS, WRITE_TOKEN.slice(0, -1), 401, 'auth/denied'],
  ['a token in other letters', 'GET', STATUS, WRITE_TOKEN.toUpperCase(), 401, 'auth/denied'],
  ['the first write token', 'GET', STATUS, WRITE_TOKEN, 200, null],
  ['the second write token', 'GET', STATUS, 'write-token-2', 200, null],
  ['a write token, a write', 'POST', HPA, WRITE_TOKEN, 201, null],
  ['a read token', 'GET', STATUS, READ_TOKEN, 200, null],
  ['a read token, HEAD', 'HEAD', STATUS, READ_TOKEN, 200, null],
  ['a read token, enrol', 'POST', HPA, READ_TOKEN, 403, 'auth/read-only'],
  ['a read token, pause', 'PATCH', '/api/v1/monitoring/hpas/prod/shop/api', READ_TOKEN, 403, 'auth/read-only'],
  ['a read token, anomalies', 'GET', '/api/v1/monitoring/anomalies', READ_TOKEN, 200, null],
  ['a read token, acknowledge', 'POST', '/api/v1/monitoring/anomalies/x/ack', READ_TOKEN, 403, 'auth/read-only'],
  ['a read token, mute', 'PUT', '/api/v1/monitoring/hpas/prod/shop/api/mute', READ_TOKEN, 403, 'auth/read-only'],
  ['a read token, remove', 'DELETE', '/api/v1/clusters/prod', READ_TOKEN, 403, 'auth/read-only'],
  ['no token, Grafana', 'GET', '/grafana', null, 401, 'auth/required'],
  ['no token, a query of Grafana', 'POST', '/grafana/query', null, 401, 'auth/required'],
  ['a read token, the test of Grafana', 'GET', '/grafana', READ_TOKEN, 200, null],
  ['a read token, the test of Grafana with a slash', 'GET', '/grafana/', READ_TOKEN, 200, null],
  ['a read token, a question of Grafana', 'POST', '/grafana/tag-keys', READ_TOKEN, 200, null],
  ['a read token, a query of Grafana without targets', 'POST', '/grafana/query', READ_TOKEN, 400, 'request/invalid'],
  ['a read token, what Grafana never asks', 'POST', '/grafana/annotations', READ_TOKEN, 404, 'request/not-found'],
  ['a read token, a write below Grafana', 'PUT', '/grafana/query', READ_TOKEN, 403, 'auth/read-only'],
  ['a read token, beside Grafana', 'POST', '/grafana', READ_TOKEN, 403, 'auth/read-only'],
  ['a read token, what only begins alike', 'POST', '/grafanax/query', READ_TOKEN, 403, 'auth/read-only'],
  [
    'a read token around the corner',
    'POST',
    '/grafana/..%2fapi/v1/monitoring/hpa',
    READ_TOKEN,
    404,
    'request/not-found',
  ],
  ['a read token, Grafana in capitals', 'POST', '/Grafana/query', READ_TOKEN, 403, 'auth/read-only'],
];

describe('who may call what', () => {
  test.each(MATRIX)('%s: %s %s', async (_what, method, path, token, status, code) => {
    rig.world.writes.splice(0);
    const answer = await rig.call(method, path, { token, ...(method === 'POST' ? { body: BODY } : {}) });
    expect(answer.status).toBe(status);
    if (method !== 'HEAD') expect(answer.body['code'] ?? null).toBe(code);
    expect(rig.world.writes).toHaveLength(status === 201 ? 1 : 0);
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="hpa-watch"' : null);
    expect(JSON.stringify(answer.body)).not.toContain('token-1');
  });

  test.each([
    ['Basic d3JpdGU6dG9rZW4=', 401],
    [WRITE_TOKEN, 401],
    [`bearer ${WRITE_TOKEN}`, 200],
    [`Bearer  ${WRITE_TOKEN} `, 200],
    [`Bearer ${WRITE_TOKEN} ${WRITE_TOKEN}`, 401],
    ['Bearer ', 401],
  ])('the header %j: %i', async (authorization, status) => {
    const answer = await rig.call('GET', STATUS, { token: null, headers: { authorization } });
    expect(answer.status).toBe(status);
  });

  test('an empty token in the settings opens nothing', async () => {
    const open = await startRig({ writeTokens: [''], readTokens: [''] });
    expect((await open.call('GET', STATUS, { token: null })).status).toBe(401);
    expect((await open.call('GET', STATUS, { token: null, headers: { authorization: 'Bearer ""' } })).status).toBe(401);
    await open.stop();
  });
});

/** fetch does not let a caller choose the Host header. */
function statusForHost(host: string, path = STATUS): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { host, authorization: `Bearer ${WRITE_TOKEN}` };
    request({ host: '127.0.0.1', port: rig.server.port, path, headers, agent: false }, (res) => {
      res.resume();
      resolve(res.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

test.each([
  ['localhost', 200],
  ['LOCALHOST:1', 200],
  ['localhost.:8085', 200],
  ['127.0.0.1:8085', 200],
  ['127.9.9.9', 200],
  ['[::1]:8085', 200],
  ['agent.example', 200],
  ['AGENT.example:9', 200],
  ['[fd00::7]:8085', 200],
  ['evil.example', 421],
  ['127.0.0.1.evil.example', 421],
  ['localhost.evil.example:8085', 421],
  ['192.168.0.7', 421],
  ['agent.example.evil', 421],
])('Host %s: %i', async (host, status) => {
  expect(await statusForHost(host)).toBe(status);
});

test('the health calls answer for any host', async () => {
  expect(await statusForHost('10.1.2.3:8085', '/healthz')).toBe(200);
});

test('headers give away little and allow no other origin', async () => {
  const { headers } = await rig.call('GET', STATUS, { headers: { origin: 'http://evil.example' } });
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('access-control-allow-origin')).toBeNull();
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cache-control')).toBe('no-store');
});
