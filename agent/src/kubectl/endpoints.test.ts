import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { canListen, createEndpointTurns, hasManyLoopbacks } from './endpoints.ts';

const AT = { address: '127.0.0.1', port: 1 };
const patient = new AbortController().signal;

test('one owner at a time, in the order of asking; another endpoint is free', async () => {
  const turns = createEndpointTurns();
  const order: string[] = [];
  const leave = await turns.enter(AT, patient);
  const second = turns.enter(AT, patient).then((left) => (order.push('second'), left));
  const third = turns.enter(AT, patient).then((left) => (order.push('third'), left));
  (await turns.enter({ ...AT, address: '127.0.0.2' }, patient))();
  expect(order).toEqual([]);
  leave();
  (await second)();
  (await third)();
  expect(order).toEqual(['second', 'third']);
});

test('who gives up waiting does not hold up those behind', async () => {
  const turns = createEndpointTurns();
  const leave = await turns.enter(AT, patient);
  const abort = new AbortController();
  const second = turns.enter(AT, abort.signal);
  const third = turns.enter(AT, patient);
  abort.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  leave();
  (await third)();
  (await turns.enter(AT, patient))();
});

test('a taken port cannot be listened on, a free one can', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
  expect(await canListen(endpoint)).toBe(false);
  await once(server.close(), 'close');
  expect(await canListen(endpoint)).toBe(true);
});

test('many loopback addresses are there where a second one is', async () => {
  expect(await hasManyLoopbacks()).toBe(await canListen({ address: '127.0.0.2', port: 0 }));
});
