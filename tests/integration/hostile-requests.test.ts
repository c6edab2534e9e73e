import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { HpaListAnswer } from '../../agent/src/contract/api.ts';
import { systemClock } from '../../agent/src/core/clock.ts';
import { startDemo, type RunningDemo } from '../../agent/src/demo/start.ts';
import { eventually, isAlive, removeDataDirs, startAgentProcess, TOKEN, type AgentProcess } from '../rig/agent.ts';
import { hostileRequests, type HostileRequest, type Known, type Surface } from '../rig/hostile-requests.ts';
import { sendRaw, type RawAnswer, type RawOutcome } from '../rig/raw-http.ts';

const SEED = 20_261_124;
const COUNT = 10_000;
const AT_ONCE = 24;
const READ_TOKEN = 'hostile-read-0123456789';
const OPEN = ['/healthz', '/readyz'];

let fleet: RunningDemo;
let agent: AgentProcess;
let port: number;
beforeAll(async () => {
  fleet = await startDemo({
    clock: systemClock,
    seed: 1,
    clusters: 1,
    hpasPerCluster: 4,
    host: '127.0.0.1',
    clean: true,
  });
  agent = await startAgentProcess({
    auth: { token: TOKEN, readToken: READ_TOKEN },
    clusters: fleet.clusters.map(({ url }) => ({ name: 'lab', prometheusUrl: url })),
    log: { level: 'info' },
  });
  port = Number(new URL(agent.url).port);
  await agent.api('POST', '/api/v1/monitoring/hpas', { cluster: 'lab', all: true });
  await eventually('the histories are there', 30_000, async () => {
    const { body } = await agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas');
    return body.hpas.length === 4 && body.hpas.every(({ baseline }) => baseline.state === 'ready') ? true : null;
  });
}, 60_000);
afterAll(async () => {
  await agent.stop();
  await fleet.stop();
  removeDataDirs();
});

const residentMb = (): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8'))?.[1]) / 1_024;

async function surfaceOf(): Promise<Surface[]> {
  const { body } = await agent.api<{ paths: Record<string, object> }>('GET', '/openapi.json');
  return Object.entries(body.paths).map(([path, methods]) => ({
    path,
    methods: Object.keys(methods).map((method) => method.toUpperCase()),
  }));
}

type Sent = { request: HostileRequest; outcome: RawOutcome };

/** All of them, some at once, in their order. */
async function sendAll(requests: readonly HostileRequest[]): Promise<Sent[]> {
  const sent: Sent[] = [];
  let next = 0;
  const worker = async () => {
    for (let request = requests[next++]; request; request = requests[next++])
      sent.push({ request, outcome: await sendRaw({ port }, request.bytes) });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return sent;
}

const isGranted = ({ status }: RawAnswer): boolean => status >= 200 && status < 400;
const isHealth = ({ path }: HostileRequest, { body }: RawAnswer): boolean =>
  OPEN.includes(path) && ['', '{"status":"success"}'].includes(body);

/** What must not be. */
const RULES: [string, (request: HostileRequest, answer: RawAnswer) => boolean][] = [
  ['an answer of 500 and above', (_, { status }) => status >= 500],
  [
    'an answer to who has no token of ours',
    (request, answer) =>
      isGranted(answer) && !['read', 'write'].includes(request.credential) && !isHealth(request, answer),
  ],
  [
    'an answer to another host',
    (request, answer) => isGranted(answer) && !request.ownHost && !isHealth(request, answer),
  ],
  [
    'a change by a read token',
    ({ credential, method, path }, answer) =>
      isGranted(answer) &&
      credential === 'read' &&
      !['GET', 'HEAD'].includes(method) &&
      !(method === 'POST' && path.startsWith('/grafana/')),
  ],
  [
    'an interim answer',
    ({ credential }, { status }) => status < 200 && credential !== 'write' && credential !== 'read',
  ],
  ['a token in an answer', (_, { body }) => body.includes(TOKEN) || body.includes(READ_TOKEN)],
  ['a header that was sent in', (_, { headers }) => headers.has('x-injected') || headers.has('injected')],
  ['a refusal that is no JSON', (_, { status, body }) => status >= 400 && body !== '' && !isJson(body)],
];

const isJson = (text: string): boolean => {
  try {
    JSON.parse(Buffer.from(text, 'latin1').toString());
    return true;
  } catch {
    return false;
  }
};

const shown = ({ request, outcome }: Sent): string =>
  `${JSON.stringify(request.bytes.toString('latin1').slice(0, 400))} -> ${outcome.answers.map(({ status, body }) => `${status} ${body.slice(0, 200)}`).join(' | ')}`;

test(`${COUNT} hostile requests: none lets in, none is more than the agent can take`, async () => {
  const surface = await surfaceOf();
  const tokens = { write: TOKEN, read: READ_TOKEN };
  const { body } = await agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas');
  const [{ cluster, namespace, hpa } = { cluster: '', namespace: '', hpa: '' }] = body.hpas;
  const known: Known = { key: [cluster, namespace, hpa], prometheusUrl: fleet.clusters[0]?.url ?? '' };
  const requests = hostileRequests(surface, tokens, { seed: SEED, count: COUNT, ...known });
  // Both tokens are in use here before anybody guesses.
  for (const token of [TOKEN, READ_TOKEN])
    await fetch(`${agent.url}/api/v1/access`, { headers: { authorization: `Bearer ${token}` } });

  const warm = await sendAll(requests.slice(0, COUNT / 2));
  const before = residentMb();
  const startedAt = Date.now();
  const sent = [...warm, ...(await sendAll(requests.slice(COUNT / 2)))];
  const after = residentMb();

  const statuses = new Map<number, number>();
  for (const { status } of sent.flatMap(({ outcome }) => outcome.answers))
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  console.log(
    `${COUNT} requests, the second half in ${Date.now() - startedAt} ms; resident ${Math.round(before)} -> ${Math.round(after)} MB;`,
    Object.fromEntries([...statuses].sort(([a], [b]) => a - b)),
  );

  for (const [what, isBroken] of RULES) {
    const broken = sent.filter(({ request, outcome }) => outcome.answers.some((answer) => isBroken(request, answer)));
    expect({ what, broken: broken.slice(0, 5).map(shown), of: broken.length }).toEqual({ what, broken: [], of: 0 });
  }
  const hung = sent.filter(({ outcome }) => outcome.hung).map(shown);
  expect(hung).toEqual([]);

  // Nothing of the surface was left out, and the calls came as far as to be granted or refused by what they asked.
  const tried = new Set(requests.map(({ method, place }) => `${method} ${place}`));
  for (const { path, methods } of surface) for (const method of methods) expect(tried).toContain(`${method} ${path}`);
  for (const status of [200, 400, 401, 403, 404, 405, 413, 415, 421, 429, 431])
    expect([...statuses.keys()]).toContain(status);

  expect(isAlive(agent.pid)).toBe(true);
  expect((await agent.api('GET', '/api/v1/monitoring/status')).status).toBe(200);
  expect(agent.log().filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  expect(after - before).toBeLessThan(80);
}, 120_000);

const HEAD = (first: string, ...lines: string[]) => `${[first, 'Host: 127.0.0.1', ...lines].join('\r\n')}\r\n\r\n`;
const WRITE = `Authorization: Bearer ${TOKEN}`;
const ACCESS = 'GET /api/v1/access HTTP/1.1';

test.each<[string, string, number[]]>([
  [
    'a request hidden behind a length that disagrees with the chunks',
    HEAD(
      'POST /api/v1/monitoring/hpa HTTP/1.1',
      WRITE,
      'Content-Type: application/json',
      'Content-Length: 4',
      'Transfer-Encoding: chunked',
    ) + `0\r\n\r\n${HEAD(ACCESS, WRITE)}`,
    [400],
  ],
  [
    'a request hidden behind chunks that come twice',
    HEAD('POST /api/v1/monitoring/hpa HTTP/1.1', WRITE, 'Transfer-Encoding: chunked, identity') +
      `0\r\n\r\n${HEAD(ACCESS, WRITE)}`,
    [400],
  ],
  ['two lengths', HEAD(ACCESS, WRITE, 'Content-Length: 0', 'Content-Length: 9'), [400]],
  ['a line that is ended by a lone line feed', HEAD(ACCESS, `X: a\n${WRITE}`), [400]],
  ['a folded line', HEAD(ACCESS, 'X: a', ` ${WRITE}`), [400]],
  ['a space before the colon', HEAD(ACCESS, WRITE.replace(':', ' :')), [400]],
  ['a null byte in a line', HEAD(ACCESS, WRITE, 'X: a\x00b'), [400]],
  ['a call without Host', `${ACCESS}\r\n${WRITE}\r\n\r\n`, [400]],
  ['HTTP/1.0 without Host', `GET /api/v1/access HTTP/1.0\r\n${WRITE}\r\n\r\n`, [421]],
  ['HTTP/0.9', 'GET /metrics\r\n\r\n', [421]],
  ['HTTP/2 without asking', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
  ['a handshake of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400]],
  ['an absolute address of another host', HEAD('GET http://evil.example/metrics HTTP/1.1'), [401]],
  ['a call for a tunnel', HEAD('CONNECT 127.0.0.1:22 HTTP/1.1'), []],
  [
    'a body announced without a token',
    HEAD('POST /api/v1/clusters HTTP/1.1', 'Expect: 100-continue', 'Content-Length: 9'),
    [401],
  ],
  ['headers of more than 64 KiB', HEAD(ACCESS, WRITE, `X: ${'a'.repeat(70_000)}`), [431]],
  ['an address of more than 64 KiB', HEAD(`GET /api/v1/access?q=${'a'.repeat(70_000)} HTTP/1.1`, WRITE), [431]],
  [
    'three calls at once, each by its own token',
    [HEAD(ACCESS, WRITE), HEAD(ACCESS), HEAD(ACCESS, WRITE)].join(''),
    [200, 401, 200],
  ],
  ['a token in the address', HEAD(`GET /api/v1/access?token=${TOKEN}&access_token=${TOKEN} HTTP/1.1`), [401]],
  ['a token as user of the address', HEAD(`GET http://${TOKEN}@127.0.0.1/api/v1/access HTTP/1.1`), [401]],
])('%s', async (_, bytes, statuses) => {
  const { answers, hung } = await sendRaw({ port }, Buffer.from(bytes, 'latin1'));
  expect(answers.map(({ status }) => (status === 429 ? 401 : status))).toEqual(statuses);
  expect(hung).toBe(false);
});
