import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ask, isRunning, startBackend, startForwardRig, type ForwardRig } from '../rig/forward-rig.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { StubApiServer } from '../rig/stub-apiserver.ts';
import type { StubCluster } from '../rig/stub-faults.ts';
import { freePorts } from '../rig/free-port.ts';

const NAMES = ['alpha', 'bravo', 'charlie', 'delta'] as const;

const kubectls = await realKubectls();

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.each(kubectls)('$name', ({ path }) => {
  let stub: StubApiServer;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const clusters: Record<string, StubCluster> = {};
    for (const name of [...NAMES, 'eighty', 'chart']) {
      const backend = await startBackend(name);
      stops.push(() => backend.stop());
      clusters[name] = { backend };
    }
    Object.assign(clusters['eighty']!, {
      services: [{ name: 'prometheus-server', ports: [{ port: 80, targetPort: 9090 }] }],
    });
    Object.assign(clusters['chart']!, {
      services: [
        { name: 'grafana', ports: [{ port: 80 }] },
        { name: 'kps-alertmanager', ports: [{ port: 9093 }] },
        { name: 'prometheus-operated', ports: [{ port: 9090 }] },
        { name: 'kps-prometheus', ports: [{ port: 9090 }, { port: 8080 }] },
      ],
    });
    stub = await new StubApiServer({ clusters }).listen();
    stops.push(() => stub.close());
  });
  afterAll(() => Promise.all(stops.splice(0).map((stop) => stop())));

  const startRig = (mode: 'persistent' | 'rotating' = 'persistent') =>
    startForwardRig({ kubectlPath: path, kubeconfig: stub.kubeconfig(), mode });

  async function whoAnswers(rig: ForwardRig, cluster: string): Promise<string> {
    const lease = await rig.pool.acquire(cluster, AbortSignal.timeout(15_000));
    const name = await ask(lease.baseUrl, '/');
    return lease.isCurrent() ? name : 'stale';
  }

  const pidsOf = (rig: ForwardRig) => rig.pool.list().map(({ pid }) => pid ?? 0);

  describe('four clusters on two ports', () => {
    let rig: ForwardRig;
    beforeAll(async () => {
      rig = await startRig();
      const ports = await freePorts(2);
      NAMES.forEach((name, i) => rig.pool.ensure(rig.target(name, `127.0.0.${1 + (i >> 1)}`, ports[i % 2] ?? 0)));
    });
    afterAll(() => rig.stop());

    test('are all alive at once, and each answers for itself', async () => {
      for (let pass = 0; pass < 5; pass++)
        expect(await Promise.all(NAMES.map((name) => whoAnswers(rig, name)))).toEqual([...NAMES]);
      const list = rig.pool.list();
      expect(new Set(list.map(({ pid }) => pid)).size).toBe(4);
      expect(new Set(list.map(({ port }) => port)).size).toBe(2);
      expect(list.map(({ state, restarts }) => [state.kind, restarts])).toEqual(NAMES.map(() => ['ready', 0]));
    });

    test('ensuring them again changes nothing', async () => {
      const before = pidsOf(rig);
      for (const { cluster, address, port } of rig.pool.list())
        rig.pool.ensure(rig.target(cluster, address ?? '', port ?? 0));
      expect(await whoAnswers(rig, 'alpha')).toBe('alpha');
      expect(pidsOf(rig)).toEqual(before);
    });

    test('all four stand in the ledger', async () => {
      const file = JSON.parse(await readFile(rig.ledgerFile, 'utf8')) as {
        processes: { pid: number; commandLine: string }[];
      };
      expect(file.processes.map(({ pid }) => pid).sort()).toEqual(pidsOf(rig).sort());
      expect(file.processes.every(({ commandLine }) => commandLine.includes('port-forward'))).toBe(true);
    });

    test('a killed kubectl is replaced, and answers again within 5 s; the others do not notice', async () => {
      const [first = 0, ...others] = pidsOf(rig);
      const killedAt = Date.now();
      process.kill(first, 'SIGKILL');
      await rig.until('alpha', ({ state }) => state.kind === 'waiting' || state.kind === 'starting');
      while ((await whoAnswers(rig, 'alpha').catch(() => 'nobody')) !== 'alpha');
      expect(Date.now() - killedAt).toBeLessThan(5_000);
      const [replaced, ...same] = pidsOf(rig);
      expect(replaced).not.toBe(first);
      expect(same).toEqual(others);
      expect(rig.pool.info('alpha')).toMatchObject({ restarts: 1, lastError: { code: 'kubectl/exited' } });
    });

    test('a suspected forward is probed at once', async () => {
      const lease = await rig.pool.acquire('bravo', AbortSignal.timeout(5_000));
      stub.setFault('bravo', { mode: 'refuse' });
      rig.pool.suspect(lease);
      const { state } = await rig.untilState('bravo', 'waiting');
      expect(state).toMatchObject({ cause: { code: 'kubectl/backend-refused' } });
      expect(lease.isCurrent()).toBe(false);
      stub.setFault('bravo', null);
      expect(await whoAnswers(rig, 'bravo')).toBe('bravo');
    });

    test('a moved cluster has its new forward before the old one ends', async () => {
      const old = rig.pool.info('delta');
      const oldLease = await rig.pool.acquire('delta', AbortSignal.timeout(5_000));
      rig.pool.ensure(rig.target('delta', '127.0.0.9', old?.port ?? 0));
      while (rig.pool.info('delta')?.pid === old?.pid) {
        expect(await ask(oldLease.baseUrl, '/').catch(() => rig.pool.info('delta')?.address)).toMatch(
          /delta|127.0.0.9/,
        );
      }
      expect(rig.pool.info('delta')).toMatchObject({ address: '127.0.0.9', state: { kind: 'ready' } });
      expect(oldLease.isCurrent()).toBe(false);
      expect(await whoAnswers(rig, 'delta')).toBe('delta');
      expect(rig.changes.filter(({ cluster, state }) => cluster === 'delta' && state.kind === 'waiting')).toEqual([]);
    });

    test('the place of a released cluster can be taken at once by another', async () => {
      const { address, port } = rig.pool.info('charlie') ?? {};
      const released = rig.pool.release('charlie');
      rig.pool.ensure(rig.target('eighty', address ?? '', port ?? 0));
      expect(await whoAnswers(rig, 'eighty')).toBe('eighty');
      await released;
      expect(rig.pool.info('charlie')).toBeNull();
      await expect(rig.pool.acquire('charlie', AbortSignal.timeout(1_000))).rejects.toMatchObject({
        code: 'cluster/not-found',
      });
      expect(rig.changes.some(({ cluster, state }) => cluster === 'eighty' && state.kind === 'waiting')).toBe(false);
    });

    test('stop leaves no process, and an empty ledger', async () => {
      const pids = pidsOf(rig);
      const before = Date.now();
      await rig.pool.stop();
      expect(Date.now() - before).toBeLessThan(3_000);
      expect(pids.filter(isRunning)).toEqual([]);
      expect(rig.ledger.entries()).toEqual([]);
      expect(rig.pool.list().every(({ state, pid }) => state.kind === 'stopped' && pid === null)).toBe(true);
      await expect(rig.pool.acquire('alpha', AbortSignal.timeout(1_000))).rejects.toMatchObject({
        code: 'agent/stopping',
      });
    });
  });

  test('a service with port 80 only, and one to be found: used, and said', async () => {
    const rig = await startRig();
    cleanups.push(() => rig.stop());
    const [port = 0] = await freePorts(1);
    rig.pool.ensure(rig.target('eighty', '127.0.0.1', port));
    rig.pool.ensure(rig.target('chart', '127.0.0.2', port, { service: 'auto' }));
    expect(await whoAnswers(rig, 'eighty')).toBe('eighty');
    expect(await whoAnswers(rig, 'chart')).toBe('chart');
    expect(rig.pool.info('eighty')?.note).toBe(
      'service prometheus-server has no port 9090; using 80, which targets 9090',
    );
    expect(rig.pool.info('chart')?.note).toBe('service auto: using kps-prometheus, port 9090');
  });

  test('rotating: never two kubectl on one port, never an answer from the wrong cluster', async () => {
    const rig = await startRig('rotating');
    cleanups.push(() => rig.stop());
    const ports = await freePorts(2);
    NAMES.forEach((name, i) => rig.pool.ensure(rig.target(name, `127.0.0.${1 + (i >> 1)}`, ports[i % 2] ?? 0)));
    expect(rig.pool.list().map(({ state, address }) => [state.kind, address])).toEqual(
      NAMES.map(() => ['stopped', '127.0.0.1']),
    );
    const slots = [NAMES.slice(0, 2), NAMES.slice(2, 4)];
    for (let pass = 0; pass < 6; pass++) {
      const owners = slots[pass % 2] ?? [];
      const earlier = pidsOf(rig).filter((pid) => pid > 0);
      // What is asked before the turn is answered in it, or thrown away.
      const early = Promise.all(owners.map((name) => whoAnswers(rig, name)));
      await rig.pool.rotate(new Map(owners.map((name, lane) => [ports[lane] ?? 0, name])));
      expect(earlier.filter(isRunning)).toEqual([]);
      expect(await early).toEqual(owners);
      expect(rig.ledger.entries()).toHaveLength(2);
      expect(
        rig.pool
          .list()
          .filter(({ pid }) => pid !== null)
          .map(({ cluster }) => cluster),
      ).toEqual(owners);
    }
    const late = await rig.pool.acquire('charlie', AbortSignal.timeout(5_000));
    await rig.pool.rotate(new Map(NAMES.slice(0, 2).map((name, lane) => [ports[lane] ?? 0, name])));
    expect(await whoAnswers(rig, 'alpha')).toBe('alpha');
    // The very same address answers, but for another cluster: the lease tells.
    expect([await ask(late.baseUrl, '/'), late.isCurrent()]).toEqual(['alpha', false]);
    expect(rig.changes.filter(({ state }) => state.kind === 'waiting' || state.kind === 'failed')).toEqual([]);
    await expect(rig.pool.acquire('delta', AbortSignal.timeout(300))).rejects.toMatchObject({
      code: 'cluster/unreachable',
    });
  });

  test('rotating with a lane for every cluster keeps both kubectl', async () => {
    const rig = await startRig('rotating');
    cleanups.push(() => rig.stop());
    const [port = 0] = await freePorts(1);
    rig.pool.ensure(rig.target('alpha', '127.0.0.1', port));
    const owners = new Map([[port, 'alpha']]);
    await rig.pool.rotate(owners);
    expect(await whoAnswers(rig, 'alpha')).toBe('alpha');
    const before = pidsOf(rig);
    await rig.pool.rotate(owners);
    expect(await whoAnswers(rig, 'alpha')).toBe('alpha');
    expect(pidsOf(rig)).toEqual(before);
  });
});

test('a Prometheus with an address needs no kubectl, and its silence is its own', async () => {
  const backend = await startBackend('direct');
  cleanups.push(() => backend.stop());
  const rig = await startForwardRig({ kubectlPath: '/nonexistent', kubeconfig: '{}', timing: { startTimeoutMs: 500 } });
  cleanups.push(() => rig.stop());
  const direct = (cluster: string, url: string) => ({
    ...rig.target(cluster, '127.0.0.1', 1),
    reach: { kind: 'direct', url } as const,
  });
  const [closed = 0] = await freePorts(1);
  rig.pool.ensure(direct('here', `http://127.0.0.1:${backend.port}`));
  rig.pool.ensure(direct('gone', `http://127.0.0.1:${closed}`));
  const lease = await rig.pool.acquire('here', AbortSignal.timeout(2_000));
  expect(await ask(lease.baseUrl, '/')).toBe('direct');
  expect(rig.pool.info('here')).toMatchObject({
    mode: 'direct',
    address: null,
    port: null,
    pid: null,
    state: { kind: 'ready' },
  });
  const { state } = await rig.untilState('gone', 'waiting', 'failed');
  expect(state).toMatchObject({ kind: 'waiting', cause: { code: 'prometheus/unreachable' } });
});
