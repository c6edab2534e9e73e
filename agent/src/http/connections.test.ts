import { once } from 'node:events';
import { Agent, get, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { startHttp, type RunningHttp, type ServerLimits } from './server.ts';

const sockets: Socket[] = [];
let server: RunningHttp;
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.stop();
});

async function start(limits: Partial<ServerLimits>, app = (_: unknown, res: ServerResponse) => void res.end('here')) {
  server = await startHttp({ app, host: '127.0.0.1', port: 0, limits });
}

async function open(text = ''): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  return socket;
}

const closed = (socket: Socket) => (socket.closed ? Promise.resolve() : once(socket.resume(), 'close'));
const answered = (socket: Socket) => once(socket, 'data');
const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

test.each([
  ['says nothing', ''],
  ['never ends its request line', 'GET /'],
  ['never ends its headers', 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: '],
  ['never ends its body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1'],
])('a connection that %s is ended in time', async (_, text) => {
  // No answer: so that the time of the request counts, not the moment granted after an answer.
  await start({ headersMs: 100, requestMs: 100, checkEveryMs: 20 }, () => undefined);
  await closed(await open(text));
});

test('a connection without a further request is ended in time', async () => {
  await start({ idleMs: 50 });
  const socket = await open(REQUEST);
  await answered(socket);
  await closed(socket);
});

test('a new connection takes the place of the one that is idle for longest', async () => {
  await start({ most: 3 });
  const [first, second, third] = [await open(), await open(REQUEST), await open('GET /')];
  await answered(second);
  const fourth = await open(REQUEST);
  await answered(fourth);
  await closed(first);
  // The second was answered after the third had come.
  const fifth = await open(REQUEST);
  await answered(fifth);
  await closed(third);
  expect(second.closed).toBe(false);
});

test('answers under way are never cut: then the new one has to go', async () => {
  const waiting: ServerResponse[] = [];
  const asked = Promise.withResolvers<void>();
  await start({ most: 2 }, (_, res) => {
    waiting.push(res);
    if (waiting.length === 2) asked.resolve();
  });
  const busy = [await open(REQUEST), await open(REQUEST)];
  await asked.promise;
  await closed(await open(REQUEST));
  for (const res of waiting) res.end('late');
  for (const socket of busy) await answered(socket);
});

test('of two requests sent at once the second still counts when the first is answered', async () => {
  const waiting: ServerResponse[] = [];
  const asked = Promise.withResolvers<void>();
  await start({ most: 1 }, (_, res) => {
    waiting.push(res);
    if (waiting.length === 2) asked.resolve();
  });
  const socket = await open(REQUEST + REQUEST);
  await asked.promise;
  waiting[0]?.end('one');
  await answered(socket);
  await closed(await open());
  waiting[1]?.end('two');
  await answered(socket);
});

test('a body that nobody reads comes for a moment only after its answer', async () => {
  await start({ lingerMs: 50 });
  const socket = await open('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n');
  await answered(socket);
  await closed(socket);
});

test('500 slow connections keep nobody waiting', async () => {
  await start({ most: 100 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = () =>
    new Promise<number>((resolve, reject) => {
      get({ port: server.port, host: '127.0.0.1', agent }, (res) => {
        res.resume().on('end', () => resolve(res.statusCode ?? 0));
      }).on('error', reject);
    });
  for (let index = 0; index < 500; index += 1) {
    await open('GET / HTTP/1.1\r\nX-Slow: ');
    if (index % 10 === 0) expect(await call()).toBe(200);
  }
  agent.destroy();
});
