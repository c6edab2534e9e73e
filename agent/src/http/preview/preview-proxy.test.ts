import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { READ_TOKEN, WRITE_TOKEN } from '../http-rig.fixture.ts';
import type { Role } from './plugin-folders.ts';
import { startPreviewRig, type PreviewRig } from './preview-rig.fixture.ts';

/** Says what reached it; never answers `/agent/silent`. */
let heard: { url: string | undefined; headers: IncomingHttpHeaders } | null = null;
const echo = createServer((req, res) => {
  heard = { url: req.url, headers: req.headers };
  if (req.url !== '/silent') res.setHeader('set-cookie', 'a=b').end('{}');
});

let rig: PreviewRig;
beforeAll(async () => {
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
  const secrets = { token: 'w', readToken: 'r' };
  rig = await startPreviewRig((agentUrl) => [
    { uid: 'echo', name: 'Echo', url, secrets },
    { uid: 'nobody', name: 'Nobody', url: 'http://127.0.0.1:1', secrets },
    { uid: 'guess', name: 'Guess', url: agentUrl, secrets: { token: 'guess', readToken: 'guess' } },
  ]);
});
afterAll(async () => {
  await rig.stop();
  echo.closeAllConnections();
  echo.close();
});
beforeEach(() => {
  heard = null;
  rig.agent.world.writes.splice(0);
});

const through = (uid: string, path: string) => `/api/datasources/proxy/uid/${uid}/${path}`;
const HPA = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
const ONE = 'agent/api/v1/monitoring/hpas/prod/shop/api';

describe('through the proxy', () => {
  type Row = [role: Role, method: string, path: string, body: unknown, status: number, writes: number];
  test.each<Row>([
    ['Viewer', 'GET', 'agent/api/v1/monitoring/status', undefined, 200, 0],
    ['Viewer', 'POST', 'agent/grafana/tag-keys', {}, 200, 0],
    ['Viewer', 'POST', 'agent/api/v1/monitoring/hpa', HPA, 403, 0],
    ['Viewer', 'PATCH', ONE, { monitoring_active: false }, 403, 0],
    ['Viewer', 'PUT', `${ONE}/mute`, { until: null }, 403, 0],
    ['Viewer', 'DELETE', ONE, undefined, 403, 0],
    ['Editor', 'GET', 'agent/api/v1/monitoring/status', undefined, 200, 0],
    ['Editor', 'POST', 'agent/api/v1/monitoring/hpa', HPA, 201, 1],
    ['Admin', 'PATCH', ONE, { monitoring_active: false }, 200, 1],
  ])('a %s may %s %s: %j -> %i', async (role, method, path, body, status, writes) => {
    const answer = await rig.call(through('own', path), { role, method, body });
    expect(answer.status).toBe(status);
    expect(rig.agent.world.writes).toHaveLength(writes);
    if (status === 403) expect(await answer.json()).toEqual({ message: 'plugin proxy route access denied' });
  });

  test.each([
    [
      'viewers read by the read token',
      'GET',
      'agent/api/v1/monitoring/status?a=b%2Fc',
      '/api/v1/monitoring/status?a=b%2Fc',
      'Bearer r',
    ],
    ['viewers ask by the read token', 'POST', 'agent/grafana/query', '/grafana/query', 'Bearer r'],
    ['editors write by the write token', 'POST', 'agent/api/v1/clusters', '/api/v1/clusters', 'Bearer w'],
    [
      'names stay as they were written',
      'PUT',
      'agent/api/v1/x/arn%3Aaws%2Feks/y',
      '/api/v1/x/arn%3Aaws%2Feks/y',
      'Bearer w',
    ],
    ['the test of the data source', 'GET', 'agent/healthz', '/healthz', 'Bearer r'],
    ['what no route fits has no token', 'POST', 'agent/metrics', '/agent/metrics', undefined],
    ['what is beside the agent has no token', 'GET', 'healthz', '/healthz', undefined],
  ])('%s', async (_, method, path, url, authorization) => {
    const sent = { authorization: 'Bearer of-the-page', origin: rig.agent.server.url, referer: 'http://x' };
    await rig.call(through('echo', path), {
      method,
      role: 'Editor',
      headers: sent,
      ...(method !== 'GET' && { body: {} }),
    });
    expect(heard?.url).toBe(url);
    expect(heard?.headers.authorization).toBe(authorization);
    expect(heard?.headers).not.toHaveProperty('cookie');
    expect(heard?.headers).not.toHaveProperty('origin');
    expect(heard?.headers).not.toHaveProperty('referer');
  });

  test.each([
    ['an unknown token', 'guess', 'agent/api/v1/monitoring/status', 400, 'Authentication to data source failed'],
    ['no token, since no route fits', 'own', 'agent/../nothing', 400, 'Authentication to data source failed'],
    ['nobody listens', 'nobody', 'agent/api/v1/monitoring/status', 502, ''],
    ['no answer in time', 'echo', 'agent/silent', 504, ''],
    ['no such data source', 'another', 'agent/healthz', 404, '{"message":"Data source not found"}'],
  ])('%s', async (_, uid, path, status, text) => {
    const answer = await rig.call(through(uid, path));
    expect([answer.status, await answer.text()]).toEqual([status, text]);
  });

  test('a refusal of the agent comes as the agent says it', async () => {
    const answer = await rig.call(through('own', 'agent/api/v1/monitoring/hpas/prod/shop/none'));
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'hpa/not-enrolled' });
  });

  test('the agent sets no cookie, and its ETag comes through', async () => {
    const echoed = await rig.call(through('echo', 'agent/healthz'));
    expect(echoed.headers.get('set-cookie')).toBeNull();
    const first = await rig.call(through('own', 'agent/api/v1/monitoring/summary'));
    const tag = first.headers.get('etag') ?? '';
    expect(tag).not.toBe('');
    const again = await rig.call(through('own', 'agent/api/v1/monitoring/summary'), {
      headers: { 'if-none-match': tag },
    });
    expect(again.status).toBe(304);
  });
});

describe('what the page starts with', () => {
  const boot = async (cookies: string) =>
    (await (await rig.call('/api/boot', { cookie: `${await rig.open()}; ${cookies}` })).json()) as Record<
      string,
      never
    >;

  test('has each plugin at its own folder, the data source at the proxy, and no token', async () => {
    const data = await boot('');
    expect(JSON.stringify(data)).not.toMatch(new RegExp(`${WRITE_TOKEN}|${READ_TOKEN}|SecureJsonData`));
    expect(data).toMatchObject({
      settings: {
        appSubUrl: '/preview',
        apps: { 'hpawatch-monitor-app': { module: 'public/plugins/hpawatch-monitor-app/module.js' } },
        datasources: {
          'HPA Watch': {
            uid: 'own',
            type: 'hpawatch-monitor-datasource',
            url: '/preview/api/datasources/proxy/uid/own',
            isDefault: true,
            meta: { module: 'public/plugins/hpawatch-monitor-datasource/module.js' },
          },
        },
      },
    });
  });

  test.each([
    ['', { orgRole: 'Admin', theme: 'dark', language: 'en-US' }],
    ['hpa-watch-preview-role=Viewer; hpa-watch-preview-theme=light', { orgRole: 'Viewer', theme: 'light' }],
    ['hpa-watch-preview-lang=pt-BR', { language: 'pt-BR' }],
    [
      'hpa-watch-preview-role=Owner; hpa-watch-preview-theme=pink; hpa-watch-preview-lang=xx',
      { orgRole: 'Admin', theme: 'dark', language: 'en-US' },
    ],
  ])('knows what a person wishes: %j', async (cookies, user) => {
    expect(await boot(cookies)).toMatchObject({ user });
  });

  test('tells where a data source is and which secrets it has, not what they are', async () => {
    const answer = await rig.call('/api/datasources/uid/guess');
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({
      url: rig.agent.server.url,
      readOnly: true,
      secureJsonFields: { token: true, readToken: true },
    });
    expect(text).not.toContain('"guess"}');
    expect(text).not.toContain(': "guess"');
    expect((await rig.call('/api/datasources/uid/another')).status).toBe(404);
  });

  test('keeps the settings of the app that an Admin saves', async () => {
    const settings = '/api/plugins/hpawatch-monitor-app/settings';
    const body = { jsonData: { dataSourceUid: 'echo' } };
    expect((await rig.call(settings, { method: 'POST', role: 'Editor', body })).status).toBe(403);
    expect((await rig.call(settings, { method: 'POST', role: 'Admin', body })).status).toBe(200);
    expect(await boot('')).toMatchObject({
      settings: { apps: { 'hpawatch-monitor-app': { jsonData: body.jsonData } } },
    });
  });
});
