import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Agent, createServer as createTlsServer, request } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import type { StatusAnswer } from '../../agent/src/contract/api.ts';
import { proxyTo } from '../../agent/src/http/preview/proxy.ts';
import { eventually, newDataDir, removeDataDirs } from '../rig/agent.ts';
import { startBareAgent, type BareAgent } from '../rig/bare-agent.ts';
import { selfSigned, signedByAuthority } from '../rig/certificate.ts';

const [FIRST, SECOND, READ] = ['first-0123456789abcdef', 'second-0123456789abcdef', 'read-0123456789abcdef'];
/** Files are looked at every 2 s, and what is wrong is told when it is still so at the next look. */
const NOTICED_MS = 30_000;

const dataDir = newDataDir();
const at = (name: string) => join(dataDir, name);
/** As programs that renew do: written beside, then renamed into place. */
const put = (name: string, content: string) => {
  writeFileSync(at(`${name}.new`), content, { mode: 0o600 });
  renameSync(at(`${name}.new`), at(name));
};

let agent: BareAgent;
let port: number;
beforeAll(async () => {
  const { cert, key } = await selfSigned();
  put('cert.pem', cert);
  put('key.pem', key);
  put('tokens', `${FIRST}\n`);
  put('read-tokens', `# for dashboards\n${READ}\n`);
  agent = await startBareAgent({
    settings: { tls: { cert: at('cert.pem'), key: at('key.pem') } },
    env: { HPA_WATCH_TOKEN_FILE: at('tokens'), HPA_WATCH_READ_TOKEN_FILE: at('read-tokens') },
    dataDir,
  });
  port = Number(new URL(agent.url).port);
}, 60_000);
afterAll(async () => {
  expect(await agent.stop()).toBe(0);
  removeDataDirs();
}, 60_000);

/** `from`: the port of this side, which tells one connection from another. */
type Called = { status: number; body: StatusAnswer; fingerprint: string; from: number | undefined };

/** One call on a new connection, or on that of `over`. */
function call(
  token: string,
  { path = '/api/v1/monitoring/status', over }: { path?: string; over?: Agent } = {},
): Promise<Called> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const out = request({ host: '127.0.0.1', port, path, headers, rejectUnauthorized: false, agent: over ?? false });
    out.on('error', reject).on('response', (answer) => {
      const { localPort } = answer.socket;
      const { fingerprint256 } = (answer.socket as TLSSocket).getPeerX509Certificate() ?? { fingerprint256: '' };
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          body: JSON.parse(text) as StatusAnswer,
          fingerprint: fingerprint256,
          from: localPort,
        }),
      );
    });
    out.end();
  });
}

const fingerprintOf = (cert: string) => new X509Certificate(cert).fingerprint256;
const credential = async (setting: string) => {
  const { body } = await call(READ);
  return body.credentials.find((one) => one.setting === setting);
};

describe('TLS', () => {
  test('is spoken, by 1.2 and 1.3 and nothing older', async () => {
    expect(agent.url).toMatch(/^https:/);
    const protocolOf = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise((resolve) => {
        const options = {
          minVersion: version,
          maxVersion: version,
          ciphers: 'DEFAULT@SECLEVEL=0',
          rejectUnauthorized: false,
        };
        const socket = connectTls(port, '127.0.0.1', options, () => {
          resolve(socket.getProtocol());
          socket.destroy();
        });
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      });
    expect(await protocolOf('TLSv1.3')).toBe('TLSv1.3');
    expect(await protocolOf('TLSv1.2')).toBe('TLSv1.2');
    expect(await protocolOf('TLSv1.1')).toMatch(/PROTOCOL_VERSION/);
  });

  test('the health command speaks it too', async () => {
    expect(await agent.run('health', port)).toEqual({ code: 0, out: 'ready\n' });
  });

  test('600 connections that never finish their handshake keep nobody waiting', async () => {
    const sockets: Socket[] = [];
    for (let index = 0; index < 600; index += 1) {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      if (index % 2 === 0) socket.write('\x16\x03\x01');
      if (index % 60 === 0) expect((await call(FIRST)).status).toBe(200);
    }
    expect((await call(FIRST)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  }, 60_000);
});

describe('while it runs', () => {
  test('tokens and certificate are replaced; who is connected stays so, streams of an old token end', async () => {
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = await call(FIRST, { over: kept });
    const stream = new Promise<void>((resolve, reject) => {
      const headers = { authorization: `Bearer ${FIRST}` };
      const out = request({
        host: '127.0.0.1',
        port,
        path: '/api/v1/events',
        headers,
        rejectUnauthorized: false,
        agent: false,
      });
      out.on('error', reject).on('response', (answer) => answer.resume().on('end', resolve));
      out.end();
    });
    const next = await signedByAuthority();
    put('tokens', `${SECOND}\n${FIRST}\n`);
    put('key.pem', next.key);
    put('cert.pem', next.cert);
    await eventually('both tokens are known', NOTICED_MS, async () =>
      (await call(SECOND)).status === 200 ? true : null,
    );
    expect((await call(FIRST)).status).toBe(200);
    await eventually('the new certificate is shown', NOTICED_MS, async () =>
      (await call(SECOND)).fingerprint === fingerprintOf(next.cert) ? true : null,
    );
    expect((await call(FIRST, { over: kept })).from).toBe(before.from);
    kept.destroy();
    expect(await credential('tls')).toMatchObject({
      error: null,
      expires_at: new Date(new X509Certificate(next.cert).validTo).toISOString(),
    });

    put('tokens', `${SECOND}\n`);
    await eventually('the old token is not known any more', NOTICED_MS, async () =>
      (await call(FIRST)).status === 401 ? true : null,
    );
    await stream;
    expect((await agent.run('health', port)).code).toBe(0);
  }, 120_000);

  test('what cannot be used changes nothing, and log and status say why until it can', async () => {
    const { fingerprint } = await call(SECOND);
    const [stranger, expired] = [await selfSigned(), await signedByAuthority(-1)];
    put('key.pem', stranger.key);
    put('tokens', 'too short\n');
    put('read-tokens', '');
    const told = (setting: string, why: RegExp) =>
      eventually(`${setting}: ${why}`, NOTICED_MS, async () =>
        why.test((await credential(setting))?.error ?? '') ? true : null,
      );
    await told('tls', /tls.key does not belong to tls.cert/);
    await told('auth.tokenFile', /line 1 is none/);
    await told('auth.readTokenFile', /it holds none/);
    put('key.pem', expired.key);
    put('cert.pem', expired.cert);
    await told('tls', /tls.cert has expired on/);
    expect((await call(SECOND)).fingerprint).toBe(fingerprint);
    expect((await call(READ)).status).toBe(200);
    expect(agent.told()).toMatch(/"level":"warn".*tls.key does not belong to tls.cert/);

    put('cert.pem', stranger.cert);
    put('key.pem', stranger.key);
    put('tokens', `${FIRST}\n`);
    put('read-tokens', `${READ}\n`);
    await eventually('all of it is used again', NOTICED_MS, async () => {
      const { body, fingerprint: shown } = await call(READ);
      return shown === fingerprintOf(stranger.cert) && body.credentials.every(({ error }) => error === null)
        ? true
        : null;
    });
    expect((await call(FIRST)).status).toBe(200);
  }, 120_000);
});

test('the preview reaches an agent whose certificate an authority has signed', async () => {
  const pair = await signedByAuthority();
  const behind = createTlsServer(pair, (_, res) => res.end('reached')).listen(0, '127.0.0.1');
  await once(behind, 'listening');
  const url = `https://127.0.0.1:${(behind.address() as AddressInfo).port}/`;
  const app = express().use((req, res) => proxyTo(req, res, { url, headers: {}, certificate: pair.cert }));
  const front = createServer(app).listen(0, '127.0.0.1');
  await once(front, 'listening');
  const answer = await fetch(`http://127.0.0.1:${(front.address() as AddressInfo).port}/`);
  expect([answer.status, await answer.text()]).toEqual([200, 'reached']);
  for (const server of [front, behind]) {
    server.closeAllConnections();
    server.close();
  }
});

describe('it does not start', () => {
  test.each<[string, object, string]>([
    [
      'on all addresses without TLS',
      { listen: { host: '0.0.0.0' } },
      'listen.host: found "0.0.0.0"; allowed: a loopback address',
    ],
    [
      'with a key that is not there',
      { tls: { cert: '/nowhere/c', key: '/nowhere/k' } },
      'tls: /nowhere/c cannot be read',
    ],
    [
      'with a token file that is not there',
      { auth: { tokenFile: '/nowhere/t' } },
      'auth.tokenFile: found "/nowhere/t"',
    ],
  ])('%s', async (_, settings, why) => {
    await expect(startBareAgent({ settings })).rejects.toThrow(why);
  });
});
