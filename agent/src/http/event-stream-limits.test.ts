import { afterEach, expect, test } from '@jest/globals';
import type { Tokens } from './auth.ts';
import { READ_TOKEN, startRig, WRITE_TOKEN, type HttpRig } from './http-rig.fixture.ts';

let rig: HttpRig;
afterEach(async () => {
  await rig.stop();
});

const open = (token: string) =>
  fetch(`${rig.server.url}/api/v1/events`, { headers: { authorization: `Bearer ${token}` } });

test('a token has a number of streams, and takes none from another token', async () => {
  rig = await startRig({ stream: { clients: 3, clientsPerToken: 2 } });
  expect([(await open(WRITE_TOKEN)).status, (await open(WRITE_TOKEN)).status]).toEqual([200, 200]);
  const refused = await open(WRITE_TOKEN);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await refused.json()).toMatchObject({
    code: 'request/too-many-streams',
    details: { field: 'clients of this token', value: 2, allowed: 2 },
  });
  expect((await open(READ_TOKEN)).status).toBe(200);
  expect(await (await open(READ_TOKEN)).json()).toMatchObject({ details: { field: 'clients', value: 3, allowed: 3 } });
});

test('a stream of a token that is gone ends with the next heartbeat, others go on', async () => {
  let tokens: Tokens = { writeTokens: ['old', 'new'], readTokens: [] };
  rig = await startRig({ tokens: () => tokens });
  const [old, other] = [await open('old'), await open('new')];
  tokens = { writeTokens: ['new'], readTokens: [] };
  await rig.world.clock.advance(15_000);
  expect(await old.text()).toBe('retry: 3000\n\n');
  const reader = other.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('still here')) text += (await reader.read()).value;
  expect(text).toContain('retry: 3000');
});
