import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startRig, WRITE_TOKEN, type HttpRig } from './http-rig.fixture.ts';

const OURS = 'https://grafana.example:3000';
const STATUS = '/api/v1/monitoring/status';
const PREFLIGHT = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };

let rig: HttpRig;
let closed: HttpRig;
beforeAll(async () => {
  rig = await startRig({ corsOrigins: [OURS] });
  closed = await startRig();
});
afterAll(() => Promise.all([rig.stop(), closed.stop()]));

const allowed = (headers: Headers) => headers.get('access-control-allow-origin');

describe('a page of an origin of the settings', () => {
  test('may ask before a call, and is told nothing else', async () => {
    const answer = await rig.call('OPTIONS', STATUS, { token: null, headers: { origin: OURS, ...PREFLIGHT } });
    expect(answer).toMatchObject({ status: 204, body: { text: '' } });
    expect(allowed(answer.headers)).toBe(OURS);
    expect(answer.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(answer.headers.get('vary')?.toLowerCase()).toContain('origin');
  });

  test('calls with a token of its own, and is refused without', async () => {
    const headers = { origin: OURS };
    const answer = await rig.call('GET', STATUS, { headers });
    expect([answer.status, allowed(answer.headers)]).toEqual([200, OURS]);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    const refused = await rig.call('GET', STATUS, { token: null, headers });
    expect([refused.status, allowed(refused.headers)]).toEqual([401, OURS]);
  });

  test('asks of a name that is not the agent in vain', async () => {
    // fetch does not let a caller choose the Host header.
    const headers = { host: 'evil.example', origin: OURS, ...PREFLIGHT };
    const status = await new Promise((resolve, reject) => {
      request({ port: rig.server.port, host: '127.0.0.1', path: STATUS, method: 'OPTIONS', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });
});

test.each([
  ['another port', 'https://grafana.example:3001'],
  ['another scheme', 'http://grafana.example:3000'],
  ['what begins alike', `${OURS}.evil.example`],
  ['none', 'null'],
  ['other letters', OURS.toUpperCase()],
])('%s is another origin', async (_, origin) => {
  const ahead = await rig.call('OPTIONS', STATUS, { token: null, headers: { origin, ...PREFLIGHT } });
  const call = await rig.call('GET', STATUS, { token: WRITE_TOKEN, headers: { origin } });
  expect([ahead.status, allowed(ahead.headers)]).toEqual([401, null]);
  expect([call.status, allowed(call.headers)]).toEqual([200, null]);
});

test('where the settings name none, no page may ask', async () => {
  const answer = await closed.call('OPTIONS', STATUS, { token: null, headers: { origin: OURS, ...PREFLIGHT } });
  expect(answer.status).toBe(401);
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});
