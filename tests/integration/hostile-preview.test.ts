import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sendRaw } from '../rig/raw-http.ts';
import { startPreviewRig, type PreviewRig } from '../../agent/src/http/preview/preview-rig.fixture.ts';

let rig: PreviewRig;
let session: string;
let port: number;
beforeAll(async () => {
  rig = await startPreviewRig();
  session = await rig.open();
  port = rig.agent.server.port;
});
afterAll(() => rig.stop());

const PROXY = '/api/datasources/proxy/uid/own';
const PATHS = [
  ...[
    '/',
    '/?key=guess',
    '/?key=%',
    '/?key',
    '/api/boot',
    '/api/nothing',
    '/api/../../metrics',
    '/a/b',
    '/public/../../metrics',
  ],
  ...[
    '/public/plugins/__proto__/module.js',
    '/public/plugins/%',
    '/public/build/%00',
    '/public/build/..%5c..%5csecret.txt',
  ],
  ...['/api/plugins/hpawatch-monitor-app/settings', '/api/plugins/__proto__/settings', '/api/plugins/%/settings'],
  ...[
    `${PROXY}/agent/api/v1/monitoring/status`,
    `${PROXY}/agent/../../../../metrics`,
    `${PROXY}//evil.example/`,
    `${PROXY}/%`,
  ],
  ...[
    `${PROXY}/agent/healthz?%zz`,
    '/api/datasources/proxy/uid/__proto__/x',
    '/api/datasources/uid/constructor',
    '/a'.repeat(5_000),
  ],
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'];
const BODIES = [
  '',
  '{}',
  'null',
  '{',
  '[1]',
  '{"jsonData":null}',
  '{"jsonData":{"__proto__":{"a":1}}}',
  `${'['.repeat(90_000)}`,
];
const HEADS = [
  [],
  ['Origin: https://evil.example'],
  ['Content-Type: text/plain'],
  ['Content-Type: application/json', 'Content-Encoding: gzip'],
  ['Content-Type: application/json; charset=utf-7'],
  ['Sec-Fetch-Site: cross-site'],
  ['Expect: 100-continue'],
  ['Upgrade: websocket', 'Connection: Upgrade'],
  ['Range: bytes=0-,-1,9-1'],
  ['If-None-Match: *'],
];
const TARGETS: ((path: string) => string)[] = [
  (path) => `/preview${path}`,
  (path) => `/preview${path}`,
  (path) => `/preview${path}`,
  (path) => `http://evil.example:99999/preview${path}`,
  (path) => `//preview${path}`,
  (path) => `/preview//${path}`,
];

const requests = fc.record({
  method: fc.constantFrom(...METHODS),
  path: fc.constantFrom(...PATHS),
  target: fc.constantFrom(...TARGETS),
  body: fc.constantFrom(...BODIES),
  head: fc.constantFrom(...HEADS),
  cookie: fc.constantFrom('own', 'own', 'none', 'guess', 'broken'),
  host: fc.constantFrom('127.0.0.1', '127.0.0.1', '127.0.0.1', 'evil.example'),
});

test('1,500 hostile requests to the preview: no failure of the agent, nothing but files without the session', async () => {
  const cookies = { own: session, none: '', guess: 'hpa-watch-preview=guess', broken: ';;=;hpa-watch-preview' };
  for (const { method, path, target, body, head, cookie, host } of fc.sample(requests, { seed: 7, numRuns: 1_500 })) {
    const lines = [
      `Host: ${host}`,
      'Connection: close',
      `Cookie: ${cookies[cookie]}`,
      `Content-Length: ${body.length}`,
      ...head,
    ];
    const { answers } = await sendRaw(
      { port },
      `${method} ${target(path)} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`,
    );
    for (const answer of answers) {
      const seen = {
        method,
        path,
        body: body.slice(0, 40),
        head,
        cookie,
        host,
        status: answer.status,
        answer: answer.body.slice(0, 300),
      };
      const isGranted = answer.status >= 200 && answer.status < 400;
      const isApi = /"status"|"grafanaBootData"|"settings"|"user"|jsonData/.test(answer.body);
      expect({ ...seen, isFailure: answer.status >= 500 }).toEqual({ ...seen, isFailure: false });
      expect({ ...seen, isLeak: isGranted && isApi && cookie !== 'own' }).toEqual({ ...seen, isLeak: false });
      expect({ ...seen, isRebound: isGranted && host !== '127.0.0.1' }).toEqual({ ...seen, isRebound: false });
      expect(answer.body).not.toContain('outside of both folders');
    }
  }
}, 60_000);

test('settings of a plugin that is none are kept nowhere', async () => {
  const put = (id: string) =>
    rig.call(`/api/plugins/${id}/settings`, { method: 'POST', body: { jsonData: { a: 1 } }, role: 'Admin' });
  expect((await put('hpawatch-monitor-app')).status).toBe(200);
  expect((await put('another')).status).toBe(404);
});

test('whoever keeps trying without the session is told to wait', async () => {
  const answers = [];
  for (let index = 0; index < 150; index += 1)
    answers.push(await rig.call('/api/boot', { cookie: 'hpa-watch-preview=guess' }));
  expect(answers.at(-1)?.status).toBe(429);
  expect(answers.at(-1)?.headers.get('retry-after')).toBe('1');
  expect((await rig.call('/api/boot')).status).toBe(200);
});
