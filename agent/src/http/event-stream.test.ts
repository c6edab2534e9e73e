import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { AgentEvent } from '../contract/api.ts';
import { startRig, WRITE_TOKEN, type HttpRig } from './http-rig.fixture.ts';

const EVENTS = '/api/v1/events';
const added = (cluster: string): AgentEvent => ({
  type: 'cluster',
  at: '2026-01-05T12:00:00.000Z',
  cluster,
  change: 'added',
});

let rig: HttpRig;
beforeEach(async () => {
  rig = await startRig({ stream: { bufferedEvents: 3, clients: 2 } });
});
afterEach(() => rig.stop());

type Frame = { id: string | null; event: string; data: Record<string, unknown> };

/** Opens a stream; `until` reads on until the text so far satisfies it. */
async function open(lastEventId?: string) {
  const aborter = new AbortController();
  const response = await fetch(`${rig.server.url}${EVENTS}`, {
    headers: {
      authorization: `Bearer ${WRITE_TOKEN}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: aborter.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    async until(part: string): Promise<Frame[]> {
      while (!text.includes(part)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`the stream ended after ${text}`);
        text += value;
      }
      return framesOf(text);
    },
    close: () => aborter.abort(),
  };
}

const framesOf = (text: string): Frame[] =>
  text
    .split('\n\n')
    .map(
      (block) =>
        Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))) as Record<
          string,
          string
        >,
    )
    .filter((lines) => lines['data'] !== undefined)
    .map((lines) => ({
      id: lines['id'] ?? null,
      event: lines['event'] ?? '',
      data: JSON.parse(lines['data'] ?? '') as Record<string, unknown>,
    }));

const clustersOf = (frames: Frame[]) => frames.map(({ event, data }) => (event === 'gap' ? 'gap' : data['cluster']));

test('an event reaches every client with type, id and the whole object', async () => {
  const [one, two] = [await open(), await open()];
  await one.until('retry');
  rig.world.services.events.publish(added('a'));
  for (const client of [one, two]) {
    const frames = await client.until('"a"');
    expect(frames).toEqual([{ id: expect.stringMatching(/^\w+-1$/), event: 'cluster', data: added('a') }]);
  }
  expect(one.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
});

test('a client that comes back reads what it missed, and nothing twice', async () => {
  const { events } = rig.world.services;
  const first = await open();
  events.publish(added('a'));
  const [frame] = await first.until('"a"');
  first.close();
  events.publish(added('b'));
  events.publish(added('c'));
  const again = await open(frame?.id ?? '');
  expect(clustersOf(await again.until('"c"'))).toEqual(['b', 'c']);
});

test.each([
  ['too long ago', (id: string) => id, ['gap', 'c', 'd', 'e']],
  ['of another start of the agent', () => 'other-1', ['gap', 'c', 'd', 'e']],
  ['from the future', (id: string) => id.replace(/-1$/, '-99'), ['gap', 'c', 'd', 'e']],
  ['no id of ours at all', () => 'x', ['gap', 'c', 'd', 'e']],
  ['the last one before the buffer', (id: string) => id.replace(/-1$/, '-2'), ['c', 'd', 'e']],
])('Last-Event-ID %s', async (_what, change, expected) => {
  const { events } = rig.world.services;
  const first = await open();
  events.publish(added('a'));
  const [frame] = await first.until('"a"');
  first.close();
  for (const name of ['b', 'c', 'd', 'e']) events.publish(added(name));
  const again = await open(change(frame?.id ?? ''));
  expect(clustersOf(await again.until('"e"'))).toEqual(expected);
});

test('without Last-Event-ID only what comes later is sent', async () => {
  const { events } = rig.world.services;
  events.publish(added('before'));
  const client = await open();
  events.publish(added('after'));
  expect(clustersOf(await client.until('"after"'))).toEqual(['after']);
});

test('a heartbeat keeps an idle stream open', async () => {
  const client = await open();
  await client.until('retry');
  await rig.world.clock.advance(15_000);
  await expect(client.until(': still here')).resolves.toEqual([]);
});

/** Tries until a place is free: the server learns of a lost client when it learns of it. */
async function statusWhenFree(): Promise<number> {
  for (let i = 0; i < 200; i += 1) {
    const { response, close } = await open();
    close();
    if (response.status !== 429) return response.status;
  }
  return 429;
}

test('one client too many is refused, and its place is free again after a close', async () => {
  const [one] = [await open(), await open()];
  expect(await rig.call('GET', EVENTS)).toMatchObject({
    status: 429,
    body: { code: 'request/too-many-streams', details: { field: 'clients', value: 2, allowed: 2 } },
  });
  one.close();
  expect(await statusWhenFree()).toBe(200);
});

test('a client that does not read is cut off before it fills the memory', async () => {
  await open();
  const socket = connect(rig.server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`GET ${EVENTS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${WRITE_TOKEN}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  expect((await rig.call('GET', EVENTS)).status).toBe(429);
  const long = 'x'.repeat(1_000_000);
  for (let i = 0; i < 20; i += 1) rig.world.services.events.publish(added(long));
  expect(await statusWhenFree()).toBe(200);
  socket.destroy();
});

test('HEAD opens no stream', async () => {
  expect((await rig.call('HEAD', EVENTS)).status).toBe(200);
});

test('the end of the agent ends the streams', async () => {
  const client = await open();
  await client.until('retry');
  rig.built.stop();
  await expect(client.until('never')).rejects.toThrow('the stream ended');
  expect(rig.world.clock.pending).toBe(0);
});

test('an anomaly comes as an event of that name', async () => {
  const client = await open();
  await client.until('retry');
  const event: AgentEvent = {
    type: 'anomaly',
    at: '2026-01-05T12:00:00.000Z',
    id: '7-maxed_out-a',
    cluster: 'prod',
    namespace: 'shop',
    hpa: 'api',
    kind: 'maxed_out',
    severity: 'critical',
    state: 'firing',
    sentence: 'shop/api is at its maximum of 12 replicas.',
  };
  rig.world.services.events.publish(event);
  const frames = await client.until('12 replicas');
  expect(frames.at(-1)).toMatchObject({ event: 'anomaly', data: event });
  client.close();
});
