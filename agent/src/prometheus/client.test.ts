import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { createPrometheusClient, type PrometheusClientOptions } from './client.ts';
import type { Prometheus } from './prometheus.ts';

const EMPTY = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } });
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function against(listener: RequestListener, options: Partial<PrometheusClientOptions> = {}): Promise<Prometheus> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const client = createPrometheusClient({ baseUrl: `http://127.0.0.1:${port}/prefix/`, timeoutMs: 2_000, ...options });
  cleanups.push(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

const answering = (status: number, body: string, headers: Record<string, string> = {}) =>
  against((_request, response) => response.writeHead(status, headers).end(body));

const ask = (client: Prometheus) => client.instant({ query: 'up', time: 1_000 });

test.each([
  [400, '{"status":"error","errorType":"bad_data","error":"parse error"}', 'prometheus/refused', false],
  [422, '{"status":"error","errorType":"execution","error":"many-to-many"}', 'prometheus/refused', false],
  [
    422,
    '{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}',
    'prometheus/too-many-samples',
    true,
  ],
  [
    400,
    '{"status":"error","errorType":"bad_data","error":"exceeded maximum resolution of 11,000 points per timeseries"}',
    'prometheus/too-many-samples',
    true,
  ],
  [
    422,
    '{"status":"error","errorType":"422","error":"too long query; got 20000 bytes"}',
    'prometheus/too-many-samples',
    true,
  ],
  [503, '{"status":"error","errorType":"timeout","error":"query timed out"}', 'prometheus/timeout', true],
  [503, 'Service Unavailable', 'prometheus/not-ready', true],
  [500, 'oops', 'prometheus/server-error', true],
  [504, '', 'prometheus/timeout', true],
  [401, 'no', 'prometheus/unauthorised', false],
  [403, 'no', 'prometheus/unauthorised', false],
  [429, 'slow down', 'prometheus/throttled', true],
  [404, '<html>', 'prometheus/bad-answer', false],
  [302, '', 'prometheus/bad-answer', false],
  [200, '<html>login</html>', 'prometheus/bad-answer', true],
])('status %i with %s is %s', async (status, body, code, retryable) => {
  const client = await answering(status, body);
  await expect(ask(client)).rejects.toMatchObject({ code, retryable });
  expect(client.requests).toBe(1);
});

test('queries go by POST under the path prefix, with explicit times', async () => {
  const seen: string[] = [];
  const client = await against((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`);
      response.end(EMPTY.replace('vector', 'matrix'));
    });
  });
  await client.range({ query: 'a{b="c"}', start: 60_000, end: 120_000, stepMs: 60_000 });
  expect(seen).toEqual([
    'POST /prefix/api/v1/query_range query=a%7Bb%3D%22c%22%7D&start=60&end=120&step=60&timeout=2s',
  ]);
});

test('a server that asks to come again is asked again, within the timeout', async () => {
  let times = 0;
  const client = await against((_request, response) => {
    times += 1;
    if (times === 1) response.writeHead(503, { 'retry-after': '0' }).end();
    else response.end(EMPTY);
  });
  await expect(ask(client)).resolves.toEqual([]);
  expect(client.requests).toBe(2);
});

test('a connection that is reset before an answer is tried again, a lasting one is unreachable', async () => {
  let times = 0;
  const client = await against((request, response) => {
    times += 1;
    if (times === 1) request.socket.destroy();
    else response.end(EMPTY);
  });
  await expect(ask(client)).resolves.toEqual([]);
  const nobody = createPrometheusClient({ baseUrl: 'http://127.0.0.1:1', timeoutMs: 2_000 });
  cleanups.push(() => nobody.close());
  await expect(ask(nobody)).rejects.toMatchObject({ code: 'prometheus/unreachable', retryable: true });
});

test('no answer in time is a timeout; a caller that gives up is not', async () => {
  const client = await against(() => {}, { timeoutMs: 50 });
  await expect(ask(client)).rejects.toMatchObject({ code: 'prometheus/timeout', retryable: true });
  const patient = await against(() => {}, { timeoutMs: 10_000 });
  const giving = new AbortController();
  const asked = patient.instant({ query: 'up', time: 0 }, giving.signal);
  giving.abort();
  await expect(asked).rejects.toMatchObject({ code: 'agent/aborted' });
});

test('zipped answers are read, and an answer that is too long is refused, zipped or not', async () => {
  const zipped = await answering(200, '');
  await expect(ask(zipped)).rejects.toMatchObject({ code: 'prometheus/bad-answer' });
  const client = await against((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(EMPTY));
  });
  await expect(ask(client)).resolves.toEqual([]);
  const bomb = await against(
    (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(2_000_000)));
    },
    { mostBodyBytes: 1_000_000 },
  );
  await expect(ask(bomb)).rejects.toMatchObject({ code: 'prometheus/too-many-samples' });
});

test('ready asks /-/ready, and what does not know it a trivial query', async () => {
  const paths: string[] = [];
  const client = await against((request, response) => {
    paths.push(request.url ?? '');
    if (request.url?.endsWith('/-/ready')) response.writeHead(404).end('no such page');
    else response.end(EMPTY);
  });
  await client.ready();
  expect(paths).toEqual(['/prefix/-/ready', '/prefix/api/v1/query']);
});
