import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { HpaListAnswer } from '../../agent/src/contract/api.ts';
import { eventually, newDataDir, removeDataDirs } from '../rig/agent.ts';
import { composeConfig, type Service } from '../rig/compose-file.ts';
import { assignments, execForm } from '../rig/dockerfile.ts';
import { isSystemWork, rehearseImage, repository, type RehearsedImage } from '../rig/image-rehearsal.ts';
import { productionPackages, readLock, type Lock } from '../../tools/supply/lock.ts';
import { freePort } from '../rig/free-port.ts';

/** agent/Dockerfile built without an engine, and its agent run as docker-compose.yml runs it. */

const TOKEN = 'image-tests-0123456789';
const { services } = await composeConfig({ HPA_WATCH_TOKEN: TOKEN }, ['demo']);
const agent = services.agent!;

let image: RehearsedImage;
const children: ChildProcess[] = [];
beforeAll(async () => {
  image = await rehearseImage(agent.build!.dockerfile);
}, 240_000);
afterAll(async () => {
  for (const child of children) await ended(child);
  await image?.remove();
  removeDataDirs();
});

const ended = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  return child.exitCode;
};

/** Starts what a container would, in an environment of its own: `env` of the service, with what differs here. */
function start(command: readonly string[], { environment = {} }: Pick<Service, 'environment'>, env = {}) {
  const PATH = `${image.commands}:${join(repository, 'node_modules/.bin')}:${process.env.PATH}`;
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: image.at('/app'),
    env: { ...Object.fromEntries(assignments(image.last, 'ENV')), ...environment, PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const told = { out: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (told.out += chunk.toString()));
  return { child, told };
}

async function finish(command: readonly string[], service: Pick<Service, 'environment'>, env = {}) {
  const { child, told } = start(command, service, env);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: told.out };
}

const step = (keyword: string) => image.last.steps.findLast((one) => one.keyword === keyword);
/** ENTRYPOINT without its init, which is not here, and CMD or what the service says instead. */
const commandOf = ({ command }: Pick<Service, 'command'>): string[] => {
  const [init, dashes, ...own] = execForm(step('ENTRYPOINT'));
  expect([init, dashes]).toEqual(['tini', '--']);
  return [...own, ...(command ?? execForm(step('CMD')))];
};

/** The environment of the agent's service on this machine: files and ports that are free here, on loopback. */
async function placedHere(): Promise<Record<string, string>> {
  const dir = newDataDir();
  const settings = agent.volumes!.find(({ target }) => target === agent.environment!.HPA_WATCH_CONFIG)!.source;
  return {
    HOME: dir,
    HPA_WATCH_DATA_DIR: join(dir, 'data'),
    HPA_WATCH_CONFIG: settings,
    KUBECONFIG: join(repository, 'provisioning/demo/kubeconfig.yaml'),
    HPA_WATCH_HOST: '127.0.0.1',
    HPA_WATCH_PORT: String(await freePort()),
  };
}

describe('the recipe', () => {
  test('names a stage for every FROM and COPY that is no image, and compose builds one of them', () => {
    const { stages } = image.recipe;
    const names = stages.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const asked = stages.flatMap(({ steps }) => steps.flatMap(({ flags }) => flags.get('from') ?? []));
    expect(asked).toEqual(['kubectl', 'dependencies', 'build']);
    for (const name of asked) expect(names).toContain(name);
    const images = new Set(stages.map(({ from }) => from).filter((from) => !names.includes(from)));
    expect([...images].sort()).toEqual(['node:24.21.0-bookworm-slim', 'scratch']);
    for (const { build } of Object.values(services).filter((service) => service.build !== undefined)) {
      expect(build).toEqual({
        context: repository.slice(0, -1),
        dockerfile: 'agent/Dockerfile',
        target: 'agent',
        args: { NODE_IMAGE: image.recipe.args.get('NODE_IMAGE') },
      });
      expect(names.at(-1)).toBe(build!.target);
    }
  });

  test('takes one release of kubectl, each architecture with a checksum of its own', () => {
    const added = image.recipe.stages.flatMap(({ name, steps }) =>
      steps.filter(({ keyword }) => keyword === 'ADD').map(({ words, flags }) => ({ name, url: words[0]!, flags })),
    );
    expect(added.map(({ name }) => name)).toEqual(['kubectl-amd64', 'kubectl-arm64']);
    const releases = added.map(({ url }) =>
      /^https:\/\/dl\.k8s\.io\/release\/(v1\.\d+\.\d+)\/bin\/linux\/(\w+)\/kubectl$/.exec(url)!,
    );
    expect(new Set(releases.map(([, version]) => version)).size).toBe(1);
    expect(releases.map(([, , architecture]) => `kubectl-${architecture}`)).toEqual(added.map(({ name }) => name));
    const sums = added.map(({ flags }) => flags.get('checksum')!);
    for (const sum of sums) expect(sum).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(new Set(sums).size).toBe(2);
    for (const { flags } of added) expect(flags.get('chmod')).toBe('0755');
  });

  test('ends as a user that is not root, after all work on the system', () => {
    const { steps } = image.last;
    const user = steps.findIndex(({ keyword }) => keyword === 'USER');
    expect(steps[user]?.text).toBe('node');
    expect(steps.findLastIndex((one) => one.keyword === 'RUN' && isSystemWork(one))).toBeLessThan(user);
    const work = steps.filter(({ keyword }) => keyword === 'RUN').map(({ text }) => text);
    expect(work.join('\n')).toContain(` ${assignments(image.last, 'ENV').get('HPA_WATCH_DATA_DIR')} `);
    expect(assignments(image.last, 'LABEL').get('org.opencontainers.image.licenses')).toBe('Apache-2.0');
  });
});

describe('the image', () => {
  test('holds what runs and nothing that builds or tests it', () => {
    const packages = readdirSync(image.at('/app/node_modules'));
    for (const name of ['better-sqlite3', 'express', 'pino']) expect(packages).toContain(name);
    for (const name of ['typescript', 'jest', 'eslint', 'webpack', '@grafana', 'react'])
      expect(packages).not.toContain(name);
    expect(existsSync(image.at('/app/agent/src'))).toBe(false);
    expect(
      readdirSync(image.at('/app/agent/dist'), { recursive: true }).filter((name) =>
        /\.(test|fixture)\./.test(String(name)),
      ),
    ).toEqual([]);
    expect(statSync(image.at('/app/agent/dist/cli.js')).mode & 0o111).toBe(0o111);
  });

  test('holds the packages of the bill of materials, as npm installed them', () => {
    const { packages } = JSON.parse(readFileSync(image.at('/app/node_modules/.package-lock.json'), 'utf8')) as Lock;
    const installed = Object.keys(packages).filter((path) => path.includes('node_modules/') && !packages[path]!.link);
    const named = installed.map((path) => `${path}@${packages[path]!.version}`);
    const bill = productionPackages(readLock(repository), 'agent').map(({ path, version }) => `${path}@${version}`);
    expect(bill.sort()).toEqual(named.sort());
  });

  test('the agent starts as compose starts it; its health command tells up from down', async () => {
    const env = await placedHere();
    const health = agent.healthcheck!.test;
    expect(health[0]).toBe('CMD');
    expect(health.slice(1)).toEqual(execForm(step('HEALTHCHECK')));
    expect(await finish(health.slice(1), agent, env)).toMatchObject({
      code: 1,
      out: expect.stringContaining('not ready'),
    });

    const { child, told } = start(commandOf(agent), agent, env);
    await eventually('the agent listens', 20_000, () => told.out.includes('HPA Watch is listening') || null);
    expect(await finish(health.slice(1), agent, env)).toEqual({ code: 0, out: 'ready\n' });

    const call = (host: string, token: string) => statusOf(Number(env.HPA_WATCH_PORT), host, token);
    expect(await call('agent:8085', TOKEN)).toBe(200);
    expect(await call('agent:8085', 'wrong-token-0123456789')).toBe(401);
    expect(await call('stranger.example', TOKEN)).toBe(421);

    expect(await ended(child)).toBe(0);
    expect(await finish(health.slice(1), agent, env)).toMatchObject({ code: 1 });
    expect(readdirSync(env.HPA_WATCH_DATA_DIR!)).toContain('monitoring.db');
  }, 60_000);
});

function statusOf(port: number, host: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { host, authorization: `Bearer ${token}` };
    request({ host: '127.0.0.1', port, path: '/api/v1/monitoring/summary', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('the profile demo', () => {
  test('a real Prometheus takes the history of a simulated cluster and scrapes on; its HPAs are enrolled and collected', async () => {
    const fleet = start([...commandOf({ command: ['simulate', '--port', '0'] })], services.fleet!);
    const history = await eventually(
      'the fleet is served',
      20_000,
      () => /^lab +(\S+)\/metrics/m.exec(fleet.told.out)?.[1],
    );

    const prometheus = services['prometheus-lab']!;
    const port = await freePort();
    const [shell = '', script = '', directory] = prometheus.entrypoint!;
    expect(directory).toBe('/prometheus');
    const scriptHere = join(repository, 'provisioning/demo', script.slice('/demo/'.length));
    const arguments_ = [
      newDataDir(),
      new URL(history).host,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ];
    start([shell, scriptHere, ...arguments_], {});
    const check = prometheus.healthcheck!.test.slice(1).map((word) => word.replace(':9090', `:${port}`));
    await eventually('Prometheus is ready', 60_000, async () => ((await finish(check, {})).code === 0 ? true : null));

    const env = await placedHere();
    const running = start(commandOf(agent), agent, env);
    await eventually('the agent listens', 20_000, () => running.told.out.includes('HPA Watch is listening') || null);
    const base = `http://127.0.0.1:${env.HPA_WATCH_PORT}`;

    const enrol = services.enrol!;
    const [node = '', enrolScript = ''] = enrol.entrypoint!;
    const enrolHere = [node, join(repository, 'provisioning/demo', enrolScript.slice('/demo/'.length))];
    for (const _ of ['once', 'again'])
      expect(await finish([...enrolHere, `lab=http://127.0.0.1:${port}`], enrol, { HPA_WATCH_URL: base })).toEqual({
        code: 0,
        out: 'lab: 4 HPAs enrolled\n',
      });

    const states = await eventually('every baseline is there', 60_000, async () => {
      const response = await fetch(`${base}/api/v1/monitoring/hpas`, { headers: { authorization: `Bearer ${TOKEN}` } });
      const { hpas } = (await response.json()) as HpaListAnswer;
      const done = hpas.length > 0 && hpas.every(({ baseline }) => !['pending', 'running'].includes(baseline.state));
      return done ? hpas.map(({ baseline }) => baseline.state) : null;
    });
    expect(states).toEqual(['ready', 'ready', 'ready', 'ready']);
  }, 180_000);

  test('compose names the clusters, ports and addresses that the fleet and its Prometheis have', async () => {
    const fleet = start(commandOf({ command: ['simulate', '--port', '0'] }), services.fleet!);
    await eventually('the fleet is served', 20_000, () => fleet.told.out.includes('lab') || null);
    const clusters = [...fleet.told.out.matchAll(/^(\S+) +http:/gm)].map(([, name]) => name!);
    const first = Number(services.fleet!.command!.at(-1));
    for (const [index, cluster] of clusters.entries())
      expect(services[`prometheus-${cluster}`]?.command).toEqual([`fleet:${first + index}`]);
    expect(services.enrol!.command).toEqual(clusters.map((name) => `${name}=http://prometheus-${name}:9090`));
    expect(Object.keys(services.enrol!.depends_on!).sort()).toEqual(
      ['agent', ...clusters.map((name) => `prometheus-${name}`)].sort(),
    );
    await ended(fleet.child);
  });
});
