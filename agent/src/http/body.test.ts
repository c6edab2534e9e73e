import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startRig, WRITE_TOKEN, type HttpRig } from './http-rig.fixture.ts';

let rig: HttpRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

test.each([
  ['lists', 500_000, '[', ']'],
  ['objects', 150_000, '{"a":', '}'],
])('%s in one another to the last level are refused as input, not run into', async (_, depth, open, close) => {
  const raw = `{"items":${open.repeat(depth)}${open === '[' ? '' : '1'}${close.repeat(depth)}}`;
  const answer = await rig.call('POST', '/api/v1/monitoring/hpas', { raw });
  expect(answer).toMatchObject({ status: 400, body: { code: 'request/invalid', details: { field: 'body' } } });
});

test('whoever asks before sending a body is told to go on, and is heard', async () => {
  const body = JSON.stringify({ name: 'asked-first' });
  const send = (authorization: string) =>
    new Promise<[boolean, number]>((resolve, reject) => {
      let isToldToGoOn = false;
      const headers = {
        authorization,
        'content-type': 'application/json',
        'content-length': body.length,
        expect: '100-continue',
      };
      const out = request(`${rig.server.url}/api/v1/clusters`, { method: 'POST', headers }, (answer) => {
        answer.resume();
        out.destroy();
        resolve([isToldToGoOn, answer.statusCode ?? 0]);
      });
      out.on('error', reject).on('continue', () => {
        isToldToGoOn = true;
        out.end(body);
      });
      out.flushHeaders();
    });
  expect(await send(`Bearer ${WRITE_TOKEN}`)).toEqual([true, 201]);
  expect(await send('Bearer unknown')).toEqual([false, 401]);
});
