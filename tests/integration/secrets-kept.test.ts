import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, newDataDir, removeDataDirs } from '../rig/agent.ts';
import { startBareAgent, type BareAgent } from '../rig/bare-agent.ts';

/** Every way to give a token, each with one of its own. */
const OURS = {
  environment: 'SECRETofTheEnvironment0123456789',
  readEnvironment: 'SECRETofTheReadEnvironment01234',
  file: 'SECRETofTheFile0123456789abcdef',
  readFile: 'SECRETofTheReadFile0123456789ab',
  list: 'SECRETofTheList0123456789abcdef',
  readList: 'SECRETofTheReadList0123456789ab',
};
/** What somebody may send by mistake: the token of another system. */
const THEIRS = 'SECRETofAnotherSystem0123456789';
const ALL = [...Object.values(OURS), THEIRS];

const dataDir = newDataDir();
const at = (name: string) => join(dataDir, name);

let agent: BareAgent;
beforeAll(async () => {
  writeFileSync(at('tokens'), OURS.file, { mode: 0o600 });
  writeFileSync(at('read-tokens'), OURS.readFile, { mode: 0o600 });
  // A kubectl that never gets anywhere, and complains.
  writeFileSync(at('kubectl'), '#!/bin/sh\necho "error: no way" >&2\nexec sleep 600\n');
  chmodSync(at('kubectl'), 0o755);
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'me', user: {} }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'me' } }],
  };
  writeFileSync(at('kubeconfig'), JSON.stringify(kubeconfig));
  agent = await startBareAgent({
    settings: {
      auth: {
        tokenFile: at('tokens'),
        readTokenFile: at('read-tokens'),
        tokens: [OURS.list],
        readTokens: [OURS.readList],
      },
      kubectl: { path: at('kubectl'), kubeconfig: at('kubeconfig') },
      clusters: [{ name: 'lab', context: 'lab' }],
      log: { level: 'trace' },
    },
    env: { HPA_WATCH_TOKEN: OURS.environment, HPA_WATCH_READ_TOKEN: OURS.readEnvironment },
    dataDir,
  });
}, 60_000);
afterAll(async () => {
  await agent.stop();
  removeDataDirs();
}, 30_000);

/** Status and everything that came back. */
function call(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent =
      body === '' ? headers : { 'content-type': 'application/json', 'content-length': String(body.length), ...headers };
    request(`${agent.url}${path}`, { method, headers: sent, agent: false }, (answer) => {
      let text = answer.rawHeaders.join('\n');
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end(body);
  });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const secretsIn = (text: string): string[] => ALL.filter((secret) => text.includes(secret));
const STATUS = '/api/v1/monitoring/status';

/** Good and bad ways to come with a token; the place of the last four is a mistake of the caller. */
const WAYS: ((token: string) => Promise<{ status: number; text: string }>)[] = [
  (token) => call('GET', STATUS, bearer(token)),
  (token) => call('GET', '/metrics', bearer(token)),
  (token) => call('GET', '/openapi.json', bearer(token)),
  (token) => call('GET', '/api/v1/access', bearer(token)),
  (token) => call('GET', '/nothing', bearer(token)),
  (token) => call('POST', '/api/v1/monitoring/hpa', bearer(token), '{"cluster":"lab"}'),
  (token) => call('POST', '/grafana/query', bearer(token), '{'),
  (token) => call('DELETE', '/api/v1/clusters/lab', bearer(token)),
  (token) => call('GET', STATUS, { ...bearer(token), host: 'evil.example' }),
  (token) => call('GET', STATUS, bearer(`${token}x`)),
  (token) => call('GET', STATUS, { authorization: `Token ${token}` }),
  (token) => call('GET', STATUS, { authorization: `Basic ${Buffer.from(`me:${token}`).toString('base64')}` }),
  (token) => call('GET', STATUS, { 'x-api-key': token, cookie: `token=${token}` }),
  (token) => call('GET', `${STATUS}?token=${token}`, bearer(OURS.list)),
  (token) => call('GET', `${STATUS}?access_token=${token}`, bearer(OURS.list)),
  (token) => call('POST', '/api/v1/clusters', bearer(OURS.list), JSON.stringify({ name: 'x', token })),
  (token) =>
    call(
      'POST',
      '/api/v1/clusters',
      bearer(OURS.list),
      JSON.stringify({ name: 'x', prometheus_url: `http://me:${token}@127.0.0.1:1` }),
    ),
];

test('no token leaves the agent: not in answers, log, arguments, environment of kubectl, nor what it keeps', async () => {
  const kubectls = await eventually('kubectl runs', 20_000, () => {
    const children = childrenOf(agent.pid);
    return children.length > 0 ? children : null;
  });
  for (const pid of [agent.pid, ...kubectls]) expect(secretsIn(procText(pid, 'cmdline'))).toEqual([]);
  for (const pid of kubectls) {
    const environment = procText(pid, 'environ');
    expect(environment).toContain('PATH=');
    expect(environment).not.toMatch(/HPA_WATCH_/);
    expect(secretsIn(environment)).toEqual([]);
  }

  const statuses = new Set<number>();
  for (let round = 0; round < 4; round += 1)
    for (const token of ALL)
      for (const way of WAYS) {
        const { status, text } = await way(token);
        statuses.add(status);
        expect(secretsIn(text)).toEqual([]);
      }
  for (const status of [200, 400, 401, 403, 404, 409, 421, 429]) expect(statuses).toContain(status);

  const told = agent.told();
  expect(told).toContain('"level":"debug"');
  expect(told.split('\n').length).toBeGreaterThan(300);
  expect(secretsIn(told)).toEqual([]);
  for (const name of filesIn(dataDir)) {
    if (['tokens', 'read-tokens', 'settings.yaml'].includes(name)) continue;
    expect({ name, secrets: secretsIn(readFileSync(at(name), 'latin1')) }).toEqual({ name, secrets: [] });
  }
}, 60_000);

test('a token that the agent makes is 32 random bytes in a file of its owner, and is not printed', async () => {
  const other = await startBareAgent({ settings: { log: { level: 'trace' } } });
  const file = join(other.dataDir, 'token');
  const token = readFileSync(file, 'utf8').trim();
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const answer = await fetch(`${other.url}${STATUS}`, { headers: bearer(token) });
  expect(answer.status).toBe(200);
  expect(other.told()).toContain(file);
  expect(other.told()).not.toContain(token);
  expect(procText(other.pid, 'cmdline')).not.toContain(token);
  await other.stop();
}, 30_000);

const procText = (pid: number, file: string): string => readFileSync(`/proc/${pid}/${file}`, 'latin1');

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return Number(/^PPid:\s+(\d+)/m.exec(procText(pid, 'status'))?.[1]) === parent;
      } catch {
        return false;
      }
    });
}

const filesIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(dir.length + 1));
