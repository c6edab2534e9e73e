import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../agent/src/core/errors.ts';
import { startBackend, startForwardRig, type ForwardRig } from '../rig/forward-rig.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { StubApiServer } from '../rig/stub-apiserver.ts';
import type { StubCluster, StubFault } from '../rig/stub-faults.ts';
import { freePorts } from '../rig/free-port.ts';

type Row = { what: string; state: 'waiting' | 'failed'; code: ErrorCode; says: RegExp };

const row = (what: string, state: Row['state'], code: ErrorCode, says: RegExp): Row => ({ what, state, code, says });

/** Faults of the stub by mode, then what a kubeconfig or this machine can get wrong. The name is the context. */
const ROWS: Row[] = [
  row('unauthorized', 'failed', 'kubectl/unauthorised', /context "unauthorized" does not accept.*log in again/),
  row('forbidden', 'failed', 'kubectl/forbidden', /user of context "forbidden" may not.*pods\/portforward/),
  row('nosvc', 'failed', 'kubectl/service-missing', /context "nosvc" has no service "prometheus-server".*"monitoring"/),
  row('nopod', 'waiting', 'kubectl/no-running-pod', /no running pod.*context "nopod"/),
  row('notready', 'waiting', 'kubectl/no-running-pod', /no running pod.*Current status=Pending/),
  row('noupgrade', 'waiting', 'kubectl/api-unreachable', /context "noupgrade".*error dialing backend/),
  row('apihang', 'waiting', 'kubectl/start-timeout', /no forward to context "apihang" in time/),
  row('hang', 'waiting', 'kubectl/probe-failed', /Prometheus did not answer.*context "hang"/),
  row('blackhole', 'waiting', 'kubectl/probe-failed', /Prometheus did not answer.*context "blackhole"/),
  row('truncate', 'waiting', 'kubectl/probe-failed', /Prometheus did not answer.*context "truncate"/),
  row('refuse', 'waiting', 'kubectl/backend-refused', /context "refuse" takes no connection.*connection refused/),
  row('taken', 'waiting', 'kubectl/port-in-use', /127\.0\.0\.1:\d+ cannot be listened on.*other lanes.*already in use/),
  row('unknown', 'failed', 'kubectl/context-missing', /no context "unknown"/),
  row('ports', 'failed', 'kubectl/port-missing', /no port 9090: set prometheus.port.*1111, 2222/),
  row('down', 'waiting', 'kubectl/api-unreachable', /context "down" does not answer.*VPN.*was refused/),
  row('no-user', 'failed', 'kubectl/unauthorised', /context "no-user".*log in again/),
  row('plugin', 'failed', 'kubectl/credentials-plugin', /context "plugin".*token expired, run az login/),
  row('no-plugin', 'failed', 'kubectl/credentials-plugin', /context "no-plugin".*no-such-login not found/),
  row('no-services', 'failed', 'kubectl/service-missing', /"monitoring" of context "no-services" shows no Prometheus/),
  row('two-services', 'failed', 'kubectl/service-missing', /several services.*a-prometheus, b-prometheus/),
];

const FAULTS: Record<string, StubFault> = {
  ...Object.fromEntries(
    [
      'unauthorized',
      'forbidden',
      'nosvc',
      'nopod',
      'notready',
      'noupgrade',
      'apihang',
      'hang',
      'blackhole',
      'refuse',
    ].map((mode) => [mode, { mode } as StubFault]),
  ),
  truncate: { mode: 'truncate', bytes: 50 },
};

/** Contexts beside those of the stub: an API server that is not there, users without credentials. */
function withBrokenContexts(kubeconfig: string, stubUrl: string): string {
  const config = JSON.parse(kubeconfig) as Record<'clusters' | 'users' | 'contexts', object[]>;
  const exec = (command: string, ...args: string[]) => ({
    exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', command, args, interactiveMode: 'Never' },
  });
  config.clusters.push({ name: 'down', cluster: { server: 'http://127.0.0.1:9' } });
  // Credentials are asked for only where they would go over TLS.
  config.clusters.push({ name: 'tls', cluster: { server: stubUrl.replace('http:', 'https:') } });
  config.users.push({ name: 'plugin', user: exec('/bin/sh', '-c', 'echo "token expired, run az login" >&2; exit 1') });
  config.users.push({ name: 'no-plugin', user: exec('no-such-login') });
  for (const [name, cluster, user] of [
    ['down', 'down', 'stub'],
    ['plugin', 'tls', 'plugin'],
    ['no-plugin', 'tls', 'no-plugin'],
    ['no-user', 'tls', 'stub'],
  ])
    config.contexts.push({ name, context: { cluster, user } });
  return JSON.stringify(config);
}

const kubectls = await realKubectls();

describe.each(kubectls)('$name', ({ path }) => {
  let stub: StubApiServer;
  let rig: ForwardRig;
  let taken: Server;
  const backends: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    const backend = await startBackend('any');
    backends.push(backend);
    const healthy: StubCluster = { backend };
    const two = (name: string) => ({ name, ports: [{ port: 9090 }] });
    const clusters: Record<string, StubCluster> = {
      ...Object.fromEntries(Object.entries(FAULTS).map(([name, fault]) => [name, { backend, fault }])),
      taken: healthy,
      ports: { backend, services: [{ name: 'prometheus-server', ports: [{ port: 1111 }, { port: 2222 }] }] },
      'no-services': { backend, services: [{ name: 'grafana', ports: [{ port: 80 }] }] },
      'two-services': { backend, services: [two('a-prometheus'), two('b-prometheus')] },
      slow: { backend, fault: { mode: 'slow', ms: 300 } },
      dropped: { backend },
      goaway: { backend },
      'down-later': { backend },
    };
    stub = await new StubApiServer({ clusters }).listen();
    const kubeconfig = withBrokenContexts(stub.kubeconfig(), stub.url);
    const timing = { startTimeoutMs: 7_000, probeTimeoutMs: 1_500, probeEveryMs: 2_000 };
    rig = await startForwardRig({ kubectlPath: path, kubeconfig, timing });
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const takenPort = (taken.address() as AddressInfo).port;
    const [port = 0] = await freePorts(1);
    const names = [...ROWS.map(({ what }) => what), 'slow', 'dropped', 'goaway', 'down-later'];
    for (const [index, name] of names.entries()) {
      const service = /services$/.test(name) ? 'auto' : 'prometheus-server';
      const isTaken = name === 'taken';
      const address = isTaken ? '127.0.0.1' : `127.0.1.${index + 1}`;
      rig.pool.ensure(rig.target(name, address, isTaken ? takenPort : port, { service }));
    }
  });

  afterAll(async () => {
    await rig.stop();
    taken.close();
    await stub.close();
    await Promise.all(backends.splice(0).map((backend) => backend.stop()));
  });

  test.each(ROWS)('$what: $state, $code', async ({ what, state, code, says }) => {
    const info = await rig.untilState(what, 'waiting', 'failed', 'ready');
    expect(info.state).toMatchObject({ kind: state, cause: { code, retryable: state === 'waiting' } });
    expect(info.lastError?.message).toMatch(says);
  });

  test('a slow pod is no fault', async () => {
    const { state } = await rig.untilState('slow', 'ready', 'waiting', 'failed');
    expect(state.kind).toBe('ready');
  });

  test.each(['dropped', 'goaway'])('%s: the connection is lost, and answering again within 5 s', async (name) => {
    const { pid } = await rig.untilState(name, 'ready');
    if (name === 'dropped') stub.dropAll(name);
    else stub.goaway(name);
    const before = Date.now();
    const info = await rig.untilState(name, 'waiting');
    expect(info.state).toMatchObject({ cause: { code: 'kubectl/connection-lost' } });
    const lease = await rig.pool.acquire(name, AbortSignal.timeout(10_000));
    expect(lease.isCurrent()).toBe(true);
    expect(Date.now() - before).toBeLessThan(5_000);
    expect(rig.pool.info(name)?.pid).not.toBe(pid);
    expect(rig.pool.info(name)?.restarts).toBe(1);
  });

  test('a pod that refuses from now on is noticed by the next probe, and named', async () => {
    await rig.untilState('down-later', 'ready');
    stub.setFault('down-later', { mode: 'refuse' });
    const { state } = await rig.untilState('down-later', 'waiting', 'failed');
    expect(state).toMatchObject({ kind: 'waiting', cause: { code: 'kubectl/backend-refused' } });
  });

  test('what a person has to mend is refused at once, what may pass is waited for', async () => {
    await rig.untilState('forbidden', 'failed');
    const before = Date.now();
    await expect(rig.pool.acquire('forbidden', AbortSignal.timeout(5_000))).rejects.toMatchObject({
      code: 'kubectl/forbidden',
    });
    expect(Date.now() - before).toBeLessThan(1_000);
    await rig.untilState('nopod', 'waiting');
    await expect(rig.pool.acquire('nopod', AbortSignal.timeout(300))).rejects.toMatchObject({
      code: 'cluster/unreachable',
      message: expect.stringContaining('no running pod'),
      cause: { code: 'kubectl/no-running-pod' },
    });
  });
});

test('a kubectl that is not there is told with its path', async () => {
  const rig = await startForwardRig({ kubectlPath: '/nonexistent/kubectl', kubeconfig: '{}' });
  rig.pool.ensure(rig.target('any', '127.0.0.1', 1));
  const { state } = await rig.untilState('any', 'waiting', 'failed', 'ready');
  expect(state).toMatchObject({
    kind: 'failed',
    cause: { code: 'kubectl/not-found', message: expect.stringContaining('"/nonexistent/kubectl" (ENOENT)') },
  });
  await rig.stop();
});
