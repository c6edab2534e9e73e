import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { StatusAnswer } from '../../agent/src/contract/api.ts';
import { systemClock, type Clock } from '../../agent/src/core/clock.ts';
import type { ErrorCode } from '../../agent/src/core/errors.ts';
import { eventually, removeDataDirs, startAgentProcess } from '../rig/agent.ts';
import { selfSigned } from '../rig/certificate.ts';
import { runCommand } from '../rig/command.ts';
import { isRunning, startBackend, startForwardRig, type ForwardRig } from '../rig/forward-rig.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { StubApiServer } from '../rig/stub-apiserver.ts';
import { freePorts } from '../rig/free-port.ts';

/** Exec plugins that do not work and tokens that end: what is told, and what is not. */

const scratch = mkdtempSync(join(tmpdir(), 'hpa-watch-logins-'));
const SECRET = 'Never2BeSeenAnywhereInLogsOrStatus';
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJuZXZlci10by1iZS1zZWVuIn0.c2lnbmVk';
const API = 'client.authentication.k8s.io/v1beta1';

const credential = (token: string, status: object = {}): string =>
  JSON.stringify({ kind: 'ExecCredential', apiVersion: API, status: { token, ...status } });

/** A user whose credentials come from a script that has the name of a real program. */
function plugin(what: string, program: string, script: string, exec: object = {}) {
  const dir = mkdtempSync(join(scratch, `${what}-`));
  writeFileSync(join(dir, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { exec: { apiVersion: API, command: join(dir, program), interactiveMode: 'IfAvailable', ...exec } };
}

const prints = (text: string, where = ''): string => `cat ${where} <<'END'\n${text}\nEND`;
const hanging = join(scratch, 'hanging.pid');
const current = join(scratch, 'current-token');

type Row = { what: string; user: object; code: ErrorCode; says: RegExp };
const row = (what: string, user: object, code: ErrorCode, says: RegExp): Row => ({ what, user, code, says });

const ROWS: Row[] = [
  row(
    'missing',
    { exec: { apiVersion: API, command: 'no-such-login', interactiveMode: 'IfAvailable', args: ['--secret', SECRET] } },
    'kubectl/credentials-plugin',
    /context "missing" got no credentials for user "missing" \(credentials by no-such-login\): install no-such-login where/,
  ),
  row(
    'failing',
    plugin('failing', 'az', 'exit 3'),
    'kubectl/credentials-plugin',
    /context "failing".*user "failing" \(credentials by az\): log in again: run `az login`.*failed with exit code 3/,
  ),
  row(
    'speaking',
    plugin('speaking', 'aws', `echo "The SSO session has expired, was token=${SECRET} ${JWT}" >&2; exit 255`, {
      env: [{ name: 'AWS_PROFILE', value: 'prod' }],
    }),
    'kubectl/credentials-plugin',
    /run `aws sso login --profile prod`.*\(kubectl: The SSO session has expired, was token=\[hidden\] \[hidden\];/,
  ),
  row(
    'hanging',
    plugin('hanging', 'kubelogin', `echo $$ > ${hanging}; exec sleep 600`),
    'kubectl/start-timeout',
    /context "hanging" in time.*or kubelogin, which fetches the credentials of user "hanging", waits for a person/,
  ),
  row(
    'asking',
    plugin('asking', 'tsh', 'read answer || { echo "nobody answers" >&2; exit 1; }'),
    'kubectl/credentials-plugin',
    /user "asking" \(credentials by tsh\): log in again: run `tsh login` \(kubectl: nobody answers;/,
  ),
  row(
    'expired',
    plugin(
      'expired',
      'gke-gcloud-auth-plugin',
      prints(credential(SECRET, { expirationTimestamp: '2020-01-01T00:00:00Z' })),
    ),
    'kubectl/unauthorised',
    /context "expired" does not accept user "expired" \(credentials by gke-gcloud-auth-plugin\): log in again: run `gcloud auth login` .*You must be logged in/,
  ),
  row(
    'no-json',
    plugin('no-json', 'doctl', prints(SECRET)),
    'kubectl/credentials-plugin',
    /\(credentials by doctl\): log in again: run `doctl auth init` .*decoding stdout/,
  ),
  row(
    'misplaced',
    plugin('misplaced', 'my-login', `${prints(credential(SECRET), '>&2')}\nexit 1`),
    'kubectl/credentials-plugin',
    /use kubectl with the context "misplaced" once in a terminal, where my-login can ask you .*"token":"\[hidden\]"/,
  ),
  row(
    'static',
    { token: SECRET },
    'kubectl/unauthorised',
    /context "static" does not accept user "static": log in again: its token has ended or was revoked/,
  ),
  row('nothing', {}, 'kubectl/unauthorised', /"nothing".*"nothing": log in again: the kubeconfig holds no credentials/),
];

const kubectls = await realKubectls();
const backend = await startBackend('any');
const stub = new StubApiServer({ tls: await selfSigned(), clusters: { cluster: { backend } } });
let kubeconfig = '';

beforeAll(async () => {
  await stub.listen();
  const config = JSON.parse(stub.kubeconfig()) as Record<'users' | 'contexts', object[]>;
  const renewed = plugin('renewed', 'aws', `cat ${current}`);
  for (const { what, user } of [...ROWS, { what: 'renewed', user: renewed }]) {
    config.users.push({ name: what, user });
    config.contexts.push({ name: what, context: { cluster: 'cluster', user: what } });
  }
  kubeconfig = JSON.stringify(config);
});
afterAll(async () => {
  await stub.close();
  await backend.stop();
  removeDataDirs();
  rmSync(scratch, { recursive: true, force: true });
});

/** The clock, but that nobody waits half a minute for the next try. */
const hastened: Clock = { ...systemClock, after: (ms, run) => systemClock.after(ms >= 30_000 ? 200 : ms, run) };

const shown = (thing: unknown): string =>
  JSON.stringify(thing, (_, value: unknown) =>
    value instanceof Error ? { ...value, message: value.message, cause: value.cause } : value,
  );
const expectNoSecret = (text: string) => expect(text).not.toMatch(new RegExp(`${SECRET}|eyJ`));

describe.each(kubectls)('$name', ({ path: kubectl }) => {
  let rig: ForwardRig;
  beforeAll(async () => {
    stub.tokens = new Set(['first']);
    writeFileSync(current, credential('first'));
    rig = await startForwardRig({
      kubectlPath: kubectl,
      kubeconfig,
      timing: { startTimeoutMs: 2_500 },
      clock: hastened,
    });
    const ports = await freePorts(ROWS.length + 1);
    for (const { what } of [...ROWS, { what: 'renewed' }]) rig.pool.ensure(rig.target(what, '127.0.0.1', ports.pop()!));
  });
  afterAll(() => rig.stop());

  test.each(ROWS)('$what: $code names context, user, program and what to renew, and no secret', async (expected) => {
    const info = await rig.until(expected.what, ({ state }) => 'cause' in state || state.kind === 'ready');
    expect(info.state).toMatchObject({ cause: { code: expected.code } });
    expect(info.lastError?.message).toMatch(expected.says);
    expect(info.lastError?.details).toMatchObject({ context: expected.what, user: expected.what });
    expectNoSecret(shown(rig.changes));
  });

  test('a plugin that hangs ends with its kubectl', async () => {
    const pid = Number(readFileSync(hanging, 'utf8'));
    await rig.pool.release('hanging');
    expect(pid).toBeGreaterThan(1);
    expect(isRunning(pid)).toBe(false);
    expect(isRunning(Number(readFileSync(hanging, 'utf8')))).toBe(false);
  });

  test('a token that ends: the forward stays, the next one says what to renew, and a new token is taken by itself', async () => {
    const lease = await rig.pool.acquire('renewed', AbortSignal.timeout(10_000));
    stub.tokens = new Set(['second']);
    const again = await rig.pool.acquire('renewed', AbortSignal.timeout(10_000));
    expect(lease.isCurrent()).toBe(true);
    expect(again.baseUrl).toBe(lease.baseUrl);
    stub.goaway();
    const { lastError } = await rig.untilState('renewed', 'failed');
    expect(lastError?.code).toBe('kubectl/unauthorised');
    expect(lastError?.message).toMatch(
      /context "renewed" does not accept user "renewed" \(credentials by aws\).*`aws sso login`/,
    );
    writeFileSync(current, credential('second'));
    const recovered = await eventually('a forward with the new token', 10_000, () =>
      rig.pool.acquire('renewed', AbortSignal.timeout(1_000)).catch(() => null),
    );
    expect(recovered.isCurrent()).toBe(true);
  });
});

describe('as a person sees it', () => {
  const kubectl = kubectls.at(-1)!.path;
  const names = ['expired', 'speaking', 'missing'];
  const settings = (): { kubectl: object; clusters: { name: string }[] } => {
    const file = join(scratch, 'kubeconfig');
    writeFileSync(file, kubeconfig);
    return { kubectl: { path: kubectl, kubeconfig: file }, clusters: names.map((name) => ({ name })) };
  };
  const rows = ROWS.filter(({ what }) => names.includes(what));

  test('check says it, and ends with code 1', async () => {
    const file = join(scratch, 'settings.yaml');
    writeFileSync(file, JSON.stringify(settings()));
    const { code, stdout, stderr } = await runCommand(['check', '--config', file], '', scratch);
    expect(code).toBe(1);
    for (const { what, says } of rows) {
      const line = stdout.split('\n').find((one) => one.startsWith(`${what}: `));
      expect(line).toMatch(says);
    }
    expectNoSecret(stdout + stderr);
  });

  test('status and log say it', async () => {
    const agent = await startAgentProcess({ ...settings(), lanes: await freePorts(3) });
    try {
      const { port_forwards } = await eventually('three forwards that failed', 20_000, async () => {
        const { body } = await agent.api<StatusAnswer>('GET', '/api/v1/monitoring/status');
        return body.port_forwards.every(({ status }) => status === 'failed') ? body : null;
      });
      for (const { what, says, code } of rows) {
        expect(port_forwards.find(({ cluster }) => cluster === what)?.last_error).toMatchObject({
          code,
          message: expect.stringMatching(says),
        });
        expect(agent.log()).toContainEqual(
          expect.objectContaining({ level: 'error', cluster: what, msg: expect.stringMatching(says) }),
        );
      }
      expectNoSecret(shown(port_forwards) + shown(agent.log()));
    } finally {
      await agent.stop();
    }
  });
});
