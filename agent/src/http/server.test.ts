import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { Agent, get, type ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { startRig, WRITE_TOKEN } from './http-rig.fixture.ts';
import { startHttp } from './server.ts';

const nothing = () => undefined;

test('a port in use is told as a sentence', async () => {
  const other = createTcpServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(startHttp({ app: nothing, host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'agent/port-in-use',
    message: `Port ${port} on 127.0.0.1 is in use by another program; set listen.port`,
  });
  await new Promise((resolve) => other.close(resolve));
});

test('an address of another machine is a wrong setting', async () => {
  await expect(startHttp({ app: nothing, host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
    code: 'config/invalid',
    details: { field: 'listen.host', value: '192.0.2.1' },
  });
});

test('stop ends streams, idle and busy connections within a second', async () => {
  const rig = await startRig();
  const headers = { authorization: `Bearer ${WRITE_TOKEN}` };
  const streams = await Promise.all(
    Array.from({ length: 5 }, () => fetch(`${rig.server.url}/api/v1/events`, { headers })),
  );
  const ends = streams.map((stream) => stream.text());

  const agent = new Agent({ keepAlive: true });
  await new Promise<void>((resolve) => {
    get(`${rig.server.url}/healthz`, { agent }, (res) => res.resume().on('end', resolve));
  });

  // A discovery that never ends by itself.
  const begun = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<unknown>();
  rig.world.services.fleet.discover = (_cluster, signal) => {
    begun.resolve();
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        aborted.resolve(signal.reason);
        reject(signal.reason as Error);
      }),
    );
  };
  const hanging = rig.call('GET', '/api/v1/clusters/prod/hpas').then(
    () => 'answered',
    () => 'cut',
  );
  await begun.promise;

  const before = performance.now();
  await rig.server.stop();
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(await hanging).toBe('cut');
  expect(await aborted.promise).toMatchObject({ code: 'agent/aborted' });
  expect((await Promise.all(ends)).every((text) => text.startsWith('retry: '))).toBe(true);
  agent.destroy();
  rig.built.stop();
});

test('a running answer is finished before the server ends', async () => {
  const asked = Promise.withResolvers<ServerResponse>();
  const server = await startHttp({ app: (_req, res) => asked.resolve(res), host: '127.0.0.1', port: 0 });
  const answer = fetch(server.url).then((response) => response.text());
  const res = await asked.promise;
  const stops = [server.stop(), server.stop()];
  res.end('whole');
  expect(await answer).toBe('whole');
  await Promise.all(stops);
  await expect(fetch(server.url)).rejects.toThrow();
});

test.each(['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]'])('%s is loopback', async (host) => {
  const server = await startHttp({ app: (_req, res) => res.end('here'), host, port: 0, onlyLoopback: true });
  try {
    expect(await (await fetch(server.url)).text()).toBe('here');
  } finally {
    await server.stop();
  }
});

test.each(['0.0.0.0', '192.0.2.1', '::'])('%s is not, and nothing is opened there', async (host) => {
  await expect(startHttp({ app: nothing, host, port: 0, onlyLoopback: true })).rejects.toMatchObject({
    code: 'config/invalid',
    details: { field: 'listen.host', value: host },
  });
});
