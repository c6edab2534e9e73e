import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startRig, WRITE_TOKEN } from '../http-rig.fixture.ts';
import { startPreviewRig, type PreviewRig } from './preview-rig.fixture.ts';

let rig: PreviewRig;
beforeAll(async () => {
  rig = await startPreviewRig();
});
afterAll(() => rig.stop());

const PROXY = '/api/datasources/proxy/uid/own/agent';

describe('without the cookie', () => {
  test.each([
    ['/', 'host page'],
    ['/a/hpawatch-monitor-app/fleet', 'host page'],
    ['/public/build/boot.js', 'boot'],
    ['/public/build/img/icons/unicons/bolt.svg', '<svg/>'],
    ['/public/fonts/inter/Inter-Regular.woff2', 'font'],
    ['/public/plugins/hpawatch-monitor-app/module.js', 'app'],
    ['/public/plugins/hpawatch-monitor-datasource/module.js', 'data source'],
  ])('a file is served: %s', async (path, content) => {
    const answer = await rig.call(path, { cookie: null });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(content);
  });

  test.each([
    ['/public/plugins/hpawatch-monitor-app/nothing.js', 404],
    ['/public/plugins/another-app/module.js', 404],
    ['/public/plugins/hpawatch-monitor-app/..%2f..%2fsecret.txt', 404],
    ['/public/build/..%2f..%2fsecret.txt', 404],
    ['/public/plugins/..%2f/secret.txt', 404],
  ])('no file beside them: %s -> %i', async (path, status) => {
    const answer = await rig.call(path, { cookie: null });
    expect(answer.status).toBe(status);
    expect(await answer.text()).not.toContain('outside');
  });

  test.each([
    ['GET', '/api/boot'],
    ['GET', `${PROXY}/api/v1/monitoring/status`],
    ['POST', `${PROXY}/grafana/query`],
    ['POST', `${PROXY}/api/v1/monitoring/hpa`],
    ['POST', '/api/plugins/hpawatch-monitor-app/settings'],
    ['GET', '/api/nothing'],
  ])('%s %s is refused', async (method, path) => {
    for (const cookie of [null, 'hpa-watch-preview=guess', 'hpa-watch-preview=']) {
      const answer = await rig.call(path, { method, cookie, role: 'Admin' });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toEqual({
        message: 'Open the link that the agent printed when it started',
        code: 'auth/required',
      });
    }
  });

  test('the write token opens nothing here', async () => {
    const headers = { authorization: `Bearer ${WRITE_TOKEN}` };
    expect((await rig.call('/api/boot', { cookie: null, headers })).status).toBe(401);
  });
});

describe('the link', () => {
  test('opens once, and tells nobody that it did', async () => {
    const link = rig.link();
    const first = await fetch(link, { redirect: 'manual' });
    expect(first.status).toBe(303);
    expect(first.headers.get('location')).toBe('/preview/');
    const cookie = first.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^hpa-watch-preview=[\w-]{43}; Path=\/preview; HttpOnly; SameSite=Strict$/);
    expect((await rig.call('/api/boot', { cookie: cookie.split(';')[0] ?? '' })).status).toBe(200);

    const second = await fetch(link, { redirect: 'manual' });
    expect(second.headers.get('set-cookie')).toBeNull();
    expect(second.headers.get('location')).toBe('/preview/?link=used');
  });

  test('used again in the browser that used it leads to the page', async () => {
    const link = rig.link();
    const cookie = (await fetch(link, { redirect: 'manual' })).headers.get('set-cookie')?.split(';')[0] ?? '';
    const again = await fetch(link, { redirect: 'manual', headers: { cookie } });
    expect(again.headers.get('location')).toBe('/preview/');
    expect((await rig.call('/api/boot', { cookie })).status).toBe(200);
  });

  test('is not used up by a browser that looks ahead', async () => {
    const link = rig.link();
    for (const init of [{ headers: { 'sec-purpose': 'prefetch;prerender' } }, { method: 'HEAD' }]) {
      const answer = await fetch(link, { redirect: 'manual', ...init });
      expect(answer.status).toBe(204);
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
    expect((await fetch(link, { redirect: 'manual' })).headers.get('set-cookie')).not.toBeNull();
  });

  test('keeps what else stands in it', async () => {
    const answer = await fetch(`${rig.link()}&theme=light&role=Viewer`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toBe('/preview/?theme=light&role=Viewer');
  });

  test('with another key opens nothing', async () => {
    const answer = await rig.call('/?key=guess', { cookie: null });
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect((await fetch(rig.link(), { redirect: 'manual' })).headers.get('set-cookie')).not.toBeNull();
  });
});

describe('another page', () => {
  const own = () => rig.agent.server.url;
  test.each([
    ['its own', () => ({ origin: own(), 'sec-fetch-site': 'same-origin' }), 200],
    ['a person who types', () => ({ 'sec-fetch-site': 'none' }), 200],
    ['of another port of this machine', () => ({ origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }), 403],
    ['of a stranger', () => ({ origin: 'https://evil.example' }), 403],
    ['without an address', () => ({ origin: 'null' }), 403],
    ['that hides its origin', () => ({ 'sec-fetch-site': 'cross-site' }), 403],
  ])('%s: %s', async (_, headers, status) => {
    const answer = await rig.call('/api/boot', { headers: headers() });
    expect(answer.status).toBe(status);
    if (status === 403) expect(await answer.json()).toMatchObject({ code: 'auth/origin-denied' });
  });

  test.each(['/', '/public/build/boot.js', '/api/boot'])(
    'under a name that was turned to this machine: %s',
    async (path) => {
      const cookie = await rig.open();
      const { hostname, port } = new URL(own());
      const status = await new Promise((resolve, reject) => {
        const headers = { host: `evil.example:${port}`, cookie };
        request({ hostname, port, path: `/preview${path}`, headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status).toBe(421);
    },
  );
});

test('the page may load scripts and data from itself only, and may not be framed', async () => {
  const policy = (await rig.call('/')).headers.get('content-security-policy') ?? '';
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("connect-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe-eval|https?:/);
});

test.each([
  ['/public/build/host.0123456789abcdef0123.js', 'public, max-age=31536000, immutable'],
  ['/public/build/boot.js', 'no-cache'],
  ['/public/plugins/hpawatch-monitor-app/module.js', 'no-cache'],
  ['/', 'no-store'],
  ['/api/boot', 'no-store'],
])('%s is kept by a browser: %s', async (path, header) => {
  expect((await rig.call(path)).headers.get('cache-control')).toBe(header);
});

test('an agent without a preview has nothing there', async () => {
  const plain = await startRig();
  try {
    const answer = await plain.call('GET', '/preview/', { token: null });
    expect([answer.status, answer.body['code']]).toEqual([401, 'auth/required']);
  } finally {
    await plain.stop();
  }
});
