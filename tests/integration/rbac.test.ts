import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseContexts } from '../../agent/src/kubectl/kubeconfig.ts';
import { loginOf } from '../../agent/src/kubectl/login.ts';
import { HOUR, MINUTE, floorTo } from '../../agent/src/core/clock.ts';
import type { StatusAnswer } from '../../agent/src/contract/api.ts';
import { eventually, removeDataDirs, startAgentProcess } from '../rig/agent.ts';
import { runCommand } from '../rig/command.ts';
import { startForwardRig, type ForwardRig } from '../rig/forward-rig.ts';
import { seriesOf } from '../rig/hand-made-hpa.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { startPrometheus, type RealPrometheus } from '../rig/prometheus.ts';
import { RBAC_FILE, readRbacManifest, roleOf } from '../rig/rbac-manifest.ts';
import { StubApiServer } from '../rig/stub-apiserver.ts';
import type { GrantedRole, JudgedRequest } from '../rig/stub-authorizer.ts';
import type { StubCluster, StubService } from '../rig/stub-faults.ts';
import { markedHpa } from '../rig/world.ts';
import { freePorts } from '../rig/free-port.ts';

/** docs/rbac.yaml, enforced: what the agent asks of an API server that grants it, and nothing else. */

const run = promisify(execFile);
const KUBERNETES_PAGE = RBAC_FILE.replace('rbac.yaml', 'kubernetes.md');
const manifest = readRbacManifest();
const granted = roleOf(manifest);
const kubectls = await realKubectls();

const pairs = ({ rules }: GrantedRole): string[] =>
  rules.flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)));

/** `get pods`, as a request used it. */
const used = (request: JudgedRequest): string[] =>
  request.kind === 'path' ? [] : [`${request.verb} ${request.resource}`];

const CHART: StubService[] = [{ name: 'prometheus-server', ports: [{ name: 'http', port: 80, targetPort: 9090 }] }];
const SCENARIOS = { fixed: 'prometheus-server', auto: 'auto', port: 'prometheus-server' };

let prometheus: RealPrometheus;
const scratch = mkdtempSync(join(tmpdir(), 'hpa-watch-rbac-'));
const usedByAll = new Set<string>();
beforeAll(async () => {
  const now = floorTo(Date.now(), MINUTE);
  const span = { start: now - HOUR, end: now + HOUR, stepMs: MINUTE };
  prometheus = await startPrometheus({ history: { series: seriesOf(markedHpa(1)), span } });
});
afterAll(async () => {
  await prometheus.stop();
  removeDataDirs();
  rmSync(scratch, { recursive: true, force: true });
});

/** What an API server refused, and everything outside of resources that it was asked for. */
const refused = (stub: StubApiServer) => stub.requests.filter(({ allowed }) => !allowed);
const paths = (stub: StubApiServer) =>
  new Set(stub.requests.flatMap((request) => (request.kind === 'path' ? [request.path] : [])));

async function startStub(more: Record<string, Partial<StubCluster>>, webSocket = true): Promise<StubApiServer> {
  const backend = { host: '127.0.0.1', port: prometheus.port };
  const clusters = Object.entries(more).map(([name, cluster]) => [name, { backend, role: granted, ...cluster }]);
  return new StubApiServer({
    clusters: Object.fromEntries(clusters) as Record<string, StubCluster>,
    webSocket,
  }).listen();
}

const withStub = async <T>(stub: StubApiServer, work: (stub: StubApiServer) => Promise<T>): Promise<T> => {
  try {
    return await work(stub);
  } finally {
    for (const pair of stub.requests.flatMap(used)) usedByAll.add(pair);
    await stub.close();
  }
};

describe.each(kubectls)('$name', ({ path: kubectl }) => {
  const forwards: ForwardRig[] = [];
  afterAll(async () => void (await Promise.all(forwards.map((rig) => rig.stop()))));

  async function forward(stub: StubApiServer, cluster: string, service = 'prometheus-server') {
    const timing = { startTimeoutMs: 2_500 };
    const rig = await startForwardRig({ kubectlPath: kubectl, kubeconfig: stub.kubeconfig(), timing });
    forwards.push(rig);
    const [port = 0] = await freePorts(1);
    rig.pool.ensure(rig.target(cluster, '127.0.0.1', port, { service }));
    return rig.untilState(cluster, 'ready', 'waiting', 'failed');
  }

  test('serve: service by name, auto and another port, a lost tunnel', async () => {
    await withStub(await startStub({ fixed: {}, auto: {}, port: { services: CHART } }), async (stub) => {
      const kubeconfig = join(scratch, 'serve');
      writeFileSync(kubeconfig, stub.kubeconfig());
      const agent = await startAgentProcess({
        kubectl: { path: kubectl, kubeconfig },
        lanes: await freePorts(2),
        clusters: Object.entries(SCENARIOS).map(([name, service]) => ({ name, service })),
      });
      const allActive = (restarts: number) => async () => {
        const { body } = await agent.api<StatusAnswer>('GET', '/api/v1/monitoring/status');
        const up = body.port_forwards.filter((one) => one.status === 'active' && one.restarts >= restarts);
        return up.length === 3 || null;
      };
      try {
        const enrolled = await agent.api('POST', '/api/v1/monitoring/hpas', { cluster: 'auto', all: true });
        expect(enrolled.status).toBeLessThan(300);
        await eventually('three forwards', 20_000, allActive(0));
        stub.dropAll();
        await eventually('three forwards once more', 20_000, allActive(1));
      } finally {
        await agent.stop();
      }
      expect(refused(stub)).toEqual([]);
      expect(paths(stub)).toEqual(new Set(['/api', '/apis', '/api/v1']));
    });
  }, 60_000);

  test('check: the same', async () => {
    await withStub(await startStub({ fixed: {}, auto: {}, port: { services: CHART } }), async (stub) => {
      const kubeconfig = join(scratch, 'check');
      writeFileSync(kubeconfig, stub.kubeconfig());
      const settings = join(scratch, 'check.yaml');
      const clusters = Object.entries(SCENARIOS).map(([name, service]) => ({ name, service }));
      writeFileSync(settings, JSON.stringify({ kubectl: { path: kubectl, kubeconfig }, clusters }));
      const { code, stdout } = await runCommand(['check', '--config', settings], '', scratch);
      expect({ code, stdout }).toMatchObject({ code: 0 });
      expect(refused(stub)).toEqual([]);
      expect(paths(stub)).toEqual(new Set(['/api', '/apis', '/api/v1']));
    });
  }, 60_000);

  test('an API server without WebSockets', async () => {
    await withStub(await startStub({ fixed: {} }, false), async (stub) => {
      expect((await forward(stub, 'fixed')).state).toMatchObject({ kind: 'ready' });
      expect(refused(stub)).toEqual([]);
    });
  });

  test('no pod yet: it is waited for', async () => {
    await withStub(await startStub({ fixed: { fault: { mode: 'nopod' } } }), async (stub) => {
      expect((await forward(stub, 'fixed')).lastError?.code).toBe('kubectl/no-running-pod');
      expect(refused(stub)).toEqual([]);
    });
  });

  test('a service that is not there: kubectl asks whether the namespace is, may not, and loses nothing by it', async () => {
    await withStub(await startStub({ fixed: {} }), async (stub) => {
      expect((await forward(stub, 'fixed', 'nope')).lastError).toMatchObject({
        code: 'kubectl/service-missing',
        message: expect.stringMatching(/no service "nope"/),
      });
      expect(refused(stub)).toEqual([
        expect.objectContaining({ verb: 'get', resource: 'namespaces', name: granted.namespace }),
      ]);
    });
  });

  test('another namespace is closed', async () => {
    await withStub(await startStub({ fixed: { role: { ...granted, namespace: 'elsewhere' } } }), async (stub) => {
      expect((await forward(stub, 'fixed')).lastError?.code).toBe('kubectl/forbidden');
    });
  });

  const without = (pair: string): GrantedRole => {
    const [verb, resource = ''] = pair.split(' ');
    const rules = granted.rules.map((rule) =>
      rule.resources.includes(resource) ? { ...rule, verbs: rule.verbs.filter((one) => one !== verb) } : rule,
    );
    return { ...granted, rules };
  };

  // kubectl 1.20 opens no WebSocket, and a newer one whose GET is refused opens SPDY by POST instead.
  const needed = pairs(granted).filter((pair) => pair !== 'get pods/portforward');

  test('without any one verb a forward is refused, in words that say what to grant', async () => {
    const cases = needed.map((pair, index) => ({ pair, name: `without-${index}` }));
    const clusters = cases.map(({ pair, name }): [string, Partial<StubCluster>] => [
      name,
      { role: without(pair), ...(pair === 'watch pods' && { fault: { mode: 'nopod' } }) },
    ]);
    await withStub(await startStub(Object.fromEntries(clusters)), async (stub) => {
      for (const { pair, name } of cases) {
        const service = pair === 'list services' ? 'auto' : 'prometheus-server';
        const { state } = await forward(stub, name, service);
        expect({ pair, state }).toMatchObject({
          pair,
          state: { kind: 'failed', cause: { code: 'kubectl/forbidden' } },
        });
        const [verb = '', resource = ''] = pair.split(' ');
        const { message } = (state as { cause: Error }).cause;
        expect(message).toMatch(new RegExp(`it needs to .*${verb}.* ${resource}\\b.*docs/rbac\\.yaml`));
      }
    });
  });
});

test('nothing is granted that no kubectl uses', () => {
  expect([...usedByAll].filter((pair) => pair !== 'get namespaces').sort()).toEqual(pairs(granted).sort());
});

test('the objects are what kubectl itself would create', async () => {
  const stub = await startStub({ fixed: {} });
  const kubeconfig = join(scratch, 'dry-run');
  writeFileSync(kubeconfig, stub.kubeconfig());
  const create = async (...args: string[]) => {
    const flags = [
      '--kubeconfig',
      kubeconfig,
      '--context',
      'fixed',
      '-n',
      'monitoring',
      '--dry-run=client',
      '-o',
      'json',
    ];
    const { stdout } = await run(kubectls.at(-1)!.path, ['create', ...args, ...flags], { env: { HOME: scratch } });
    return JSON.parse(stdout) as object;
  };
  try {
    const [account, role, binding] = manifest;
    expect(account).toEqual({ ...(await create('serviceaccount', 'hpa-watch')), automountServiceAccountToken: false });
    for (const rule of role.rules) {
      const flags = [`--verb=${rule.verbs.join(',')}`, `--resource=${rule.resources.join(',')}`];
      expect({ ...role, rules: [rule] }).toEqual(await create('role', 'hpa-watch', ...flags));
    }
    const to = ['--role=hpa-watch', '--serviceaccount=monitoring:hpa-watch'];
    expect(binding).toEqual(await create('rolebinding', 'hpa-watch', ...to));
  } finally {
    await stub.close();
  }
});

test('the kubeconfig of docs/kubernetes.md is one for both kubectls and the agent, and holds no secret', async () => {
  const yaml = /```yaml\n(# hpa-watch\.kubeconfig\n.*?)```/s.exec(readFileSync(KUBERNETES_PAGE, 'utf8'))?.[1] ?? '';
  const kubeconfig = join(scratch, 'documented');
  writeFileSync(kubeconfig, yaml);
  expect(parseContexts(yaml, kubeconfig)).toEqual(['prod']);
  expect(loginOf([yaml], 'prod')).toMatchObject({ user: 'hpa-watch@prod', renew: expect.stringMatching(/tokenFile/) });
  expect(yaml).not.toMatch(/^\s*(token|password|client-key-data):/m);
  for (const { path } of kubectls) {
    const { stdout } = await run(path, ['config', 'get-contexts', '--kubeconfig', kubeconfig], {
      env: { HOME: scratch },
    });
    expect(stdout).toMatch(new RegExp(`prod +prod +hpa-watch@prod +${granted.namespace}`));
  }
});

test.each([
  ['a misspelt field', (text: string) => text.replace('resources: [services]', 'resource: [services]')],
  ['a verb that Kubernetes does not have', (text: string) => text.replace('[get, list, watch]', '[get, list, follow]')],
  ['a key twice', (text: string) => text.replace('    verbs: [get]', '    verbs: [get]\n    verbs: [get]')],
])('%s in the manifest would be noticed', (_, spoil) => {
  const text = readFileSync(RBAC_FILE, 'utf8');
  expect(spoil(text)).not.toBe(text);
  expect(() => readRbacManifest(spoil(text))).toThrow();
});
