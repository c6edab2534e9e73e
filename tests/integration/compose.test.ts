import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { loadConfig } from '../../agent/src/config/load.ts';
import {
  composeConfig,
  composeServices,
  composeText,
  schemaProblems,
  variablesOf,
  type Mount,
  type Service,
} from '../rig/compose-file.ts';
import { repository } from '../rig/image-rehearsal.ts';

/** docker-compose.yml against the specification, Debian's docker-compose and the repository; no engine is needed. */

const TOKEN = 'compose-tests-0123456789';
const env = { HPA_WATCH_TOKEN: TOKEN };
const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const config = await composeConfig(env, ['demo']);
const DATABASE = 'postgres://hpa_watch@postgres:5432/hpa_watch';
const shared = await composeConfig({ ...env, HPA_WATCH_DATABASE_URL: DATABASE }, ['cluster']);
const service = (name: string): Service => {
  const found = config.services[name];
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
};
const mounts = Object.entries(config.services).flatMap(([name, { volumes = [] }]) =>
  volumes.map((mount): [string, Mount] => [`${name}: ${relative(repository, mount.source)}`, mount]),
);
const binds = mounts.filter(([, { type }]) => type === 'bind');

describe('the file', () => {
  test('is valid by the schema of the Compose specification', () => {
    expect(schemaProblems(composeText)).toEqual([]);
  });

  test.each([
    ['an unknown key of a service', 'services: { a: { image: b, read_onyl: true } }'],
    ['a condition that there is not', 'services: { a: { image: b, depends_on: { c: { condition: service_up } } } }'],
    ['no list of ports', 'services: { a: { image: b, ports: 8085 } }'],
  ])('that schema refuses %s', (_, text) => {
    expect(schemaProblems(text)).not.toEqual([]);
  });

  test.each([
    [[], ['agent', 'grafana']],
    [
      ['demo'],
      [
        'agent',
        'enrol',
        'fleet',
        'grafana',
        'prometheus-lab',
        'prometheus-prod-eu',
        'prometheus-prod-us',
        'prometheus-stage',
      ],
    ],
    [['cluster'], ['agent', 'agent-2', 'grafana', 'postgres']],
  ])('with the profiles %j starts %j', async (profiles, services) => {
    expect((await composeServices(env, profiles)).sort()).toEqual(services);
  });

  test.each([[{}], [{ HPA_WATCH_TOKEN: '' }]])('is refused with a sentence without a token: %j', async (without) => {
    await expect(composeConfig(without as Record<string, string>)).rejects.toThrow(/set it to 16 characters or more/);
  });

  test('has every variable in .env.example, with the same default, and in docs/docker.md', () => {
    const variables = variablesOf(composeText);
    const example = new Map(
      read('.env.example')
        .split('\n')
        .flatMap((line) => {
          const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
          return name === undefined ? [] : [[name, value === '' ? null : (value ?? null)] as const];
        }),
    );
    expect(Object.fromEntries(example)).toEqual(Object.fromEntries(variables));
    const docs = read('docs/docker.md');
    expect([...variables.keys()].filter((name) => !docs.includes(`\`${name}\``))).toEqual([]);
    // Each one is found: none is written in a way that the two checks above pass over.
    const uncommented = composeText.replace(/^ *#.*$/gm, '');
    expect(uncommented.match(/\$/g)).toHaveLength([...uncommented.matchAll(/\$\{\w+:[-?]/g)].length);
  });
});

describe('what is mounted', () => {
  test.each(binds.filter(([, { source }]) => !source.endsWith('/plugin/dist')))(
    '%s is there, read-only',
    (_, mount) => {
      expect(mount.read_only).toBe(true);
      expect(existsSync(mount.source)).toBe(true);
    },
  );

  test('the plugin is what webpack makes, where Grafana looks for the app', () => {
    const [, mount] = binds.find(([name]) => name === 'grafana: plugin/dist')!;
    expect(mount).toMatchObject({ read_only: true, target: '/var/lib/grafana/plugins/hpawatch-monitor-app' });
    const script = `import('${join(repository, 'plugin/webpack.config.ts')}').then(({ default: of }) => console.log(of({ production: true }).output.path))`;
    const path = execFileSync(join(repository, 'node_modules/.bin/node'), ['-e', script], { encoding: 'utf8' });
    expect(mount.source).toBe(path.trim());
    expect(read('package.json')).toContain('"plugin"');
    const { scripts } = JSON.parse(read('plugin/package.json')) as { scripts: Record<string, string> };
    expect(scripts.build).toContain('webpack');
  });

  test('the kubeconfig is a secret, of the person by default', () => {
    expect(service('agent').secrets).toContainEqual({ source: 'kubeconfig' });
    expect(config.secrets.kubeconfig?.file).toBe('/home/somebody/.kube/config');
    expect(service('agent').environment?.KUBECONFIG).toBe('/run/secrets/kubeconfig');
  });

  test('every script of the demo that a container runs is mounted into it', () => {
    const scripts = Object.values(config.services).flatMap(({ entrypoint = [], volumes = [] }) =>
      entrypoint.filter((word) => word.startsWith('/demo/')).map((word) => ({ word, volumes })),
    );
    expect(scripts.length).toBe(5);
    for (const { word, volumes } of scripts) {
      const mount = volumes.find(({ target }) => word.startsWith(`${target}/`));
      expect(statSync(join(mount!.source, word.slice('/demo/'.length))).isFile()).toBe(true);
    }
  });
});

describe('the agent', () => {
  const agent = service('agent');

  test.each(['agent', 'agent-2', 'postgres', 'fleet', 'enrol'])(
    '%s runs without root and without a writable root file system',
    (name) => {
      const { user = '', read_only, cap_drop, security_opt } = service(name);
      expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      expect({ read_only, cap_drop, security_opt }).toEqual({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    },
  );

  test('another user owns its HOME too', async () => {
    const { services } = await composeConfig({ ...env, HPA_WATCH_UID: '1234', HPA_WATCH_GID: '5678' });
    expect(services.agent?.user).toBe('1234:5678');
    expect(services.agent?.tmpfs).toContain(`${agent.environment?.HOME}:mode=0700,uid=1234,gid=5678`);
  });

  test('its data stand on a volume', () => {
    const at = agent.volumes?.find(({ target }) => target === agent.environment?.HPA_WATCH_DATA_DIR);
    expect(at).toMatchObject({ type: 'volume', source: 'agent-data' });
  });

  test('it keeps its data in SQLite, and is handed no password', () => {
    const { environment = {} } = agent;
    const at = relative('/run/secrets', environment.HPA_WATCH_DATABASE_PASSWORD_FILE!);
    expect(agent.secrets).toContainEqual({ source: at });
    const file = config.secrets[at]!.file;
    expect(readFileSync(file, 'utf8')).toBe('');
    const here = { ...environment, HPA_WATCH_CONFIG: '', HPA_WATCH_HOST: '', HPA_WATCH_DATABASE_PASSWORD_FILE: file };
    expect(loadConfig({ file: null, env: here, cwd: '/' }).databaseUrl).toBeNull();
  });

  test('its settings are valid together with its environment, and let Grafana call it by its name', () => {
    const { environment = {}, volumes = [] } = agent;
    const file = volumes.find(({ target }) => target === environment.HPA_WATCH_CONFIG)!.source;
    const settings = loadConfig({ file: null, env: { ...environment, HPA_WATCH_CONFIG: file }, cwd: '/' });
    expect(settings.listen).toMatchObject({ host: '0.0.0.0', port: 8085, allowPublic: true });
    expect(settings.auth.writeTokens).toEqual([TOKEN]);
    const url = new URL(service('grafana').environment?.HPA_WATCH_URL ?? '');
    expect(settings.listen.allowedHosts).toContain(url.hostname);
    expect(Object.keys(config.services)).toContain(url.hostname);
    expect(Number(url.port)).toBe(settings.listen.port);
  });

  test('every port is published on this machine only', () => {
    const ports = Object.values(config.services).flatMap((one) => one.ports ?? []);
    expect(ports).toEqual(['127.0.0.1:8085:8085/tcp', '127.0.0.1:3000:3000/tcp']);
  });
});

describe('the profile cluster', () => {
  const { postgres } = shared.services;
  const agents = [shared.services.agent!, shared.services['agent-2']!];
  const password = { source: 'database-password' };

  test('both agents are the same but for name and data, and answer to one name', () => {
    const [first, second] = agents.map(({ environment, secrets, image, user, tmpfs, healthcheck }) => ({
      ...{ environment, secrets, image, user, tmpfs, healthcheck },
    }));
    expect(second).toEqual(first);
    expect(new Set(agents.map(({ hostname }) => hostname)).size).toBe(2);
    for (const { networks } of agents) expect(networks!.default!.aliases).toEqual(['agents']);
    const data = agents.map(({ volumes }) => volumes!.find(({ target }) => target === '/data')!);
    expect(data.map(({ type }) => type)).toEqual(['volume', 'volume']);
    expect(new Set(data.map(({ source }) => source)).size).toBe(2);
  });

  test.each(['agents', ...agents.map(({ hostname }) => hostname!)])('both let Grafana call them %s', (name) => {
    for (const { environment = {}, volumes = [] } of agents) {
      const file = volumes.find(({ target }) => target === environment.HPA_WATCH_CONFIG)!.source;
      const here = { HPA_WATCH_TOKEN: TOKEN, HPA_WATCH_CONFIG: file, HPA_WATCH_HOST: '0.0.0.0' };
      expect(loadConfig({ file: null, env: here, cwd: '/' }).listen.allowedHosts).toContain(name);
    }
  });

  test('its database is where the agents look for it, with the password that they are given', () => {
    const { environment = {} } = postgres!;
    for (const agent of agents) {
      const url = new URL(agent.environment!.HPA_WATCH_DATABASE_URL!);
      expect([url.protocol, url.hostname, url.port, url.password]).toEqual(['postgres:', 'postgres', '5432', '']);
      expect([url.username, url.pathname]).toEqual([environment.POSTGRES_USER, `/${environment.POSTGRES_DB}`]);
      expect(agent.environment!.HPA_WATCH_DATABASE_PASSWORD_FILE).toBe(environment.POSTGRES_PASSWORD_FILE);
      expect(agent.secrets).toContainEqual(password);
      expect(agent.user).toBe(postgres!.user);
    }
    expect(postgres!.secrets).toEqual([password]);
    expect(environment.POSTGRES_PASSWORD_FILE).toBe(`/run/secrets/${password.source}`);
  });

  test('no password stands in an environment', () => {
    for (const { environment = {} } of Object.values(shared.services))
      expect(Object.keys(environment).filter((name) => /PASSWORD$/.test(name))).toEqual([]);
  });

  test('without the URL an agent that is handed a password does not start by itself', () => {
    const here = { HPA_WATCH_DATABASE_URL: '', HPA_WATCH_DATABASE_PASSWORD_FILE: join(repository, 'LICENSE') };
    expect(() => loadConfig({ file: null, env: here, cwd: '/' })).toThrow(/HPA_WATCH_DATABASE_URL: found nothing/);
  });

  test('the database is the one that the tests run with, on a volume, and publishes no port', () => {
    const { image, volumes, ports, environment = {} } = postgres!;
    expect(image).toMatch(/^postgres:15\.\d+-bookworm$/);
    expect(ports).toBeUndefined();
    const [data] = volumes!;
    expect(data).toMatchObject({ type: 'volume', source: 'postgres-data' });
    expect(environment.PGDATA!.startsWith(`${data!.target}/`)).toBe(true);
  });

  test('each new service has an end to the memory it takes, and says when it is healthy', () => {
    for (const name of ['agent-2', 'postgres']) {
      const { mem_limit, healthcheck } = shared.services[name]!;
      expect(mem_limit).toMatch(/^\d+[mg]$/);
      expect(healthcheck!.test[0]).toBe('CMD');
    }
    expect(shared.services['agent-2']!.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  });

  test('the settings of the server and the options of its making are those of PostgreSQL 15', () => {
    const bin = '/usr/lib/postgresql/15/bin';
    const told = execFileSync(join(bin, 'postgres'), ['--describe-config'], { encoding: 'utf8' });
    const known = new Set(told.split('\n').map((line) => line.split('\t')[0]));
    const settings = postgres!.command!.slice(1).map((word) => /^-c(\w+)=\S+$/.exec(word)?.[1] ?? word);
    expect(settings.length).toBeGreaterThan(3);
    expect(settings.filter((name) => !known.has(name))).toEqual([]);
    const help = execFileSync(join(bin, 'initdb'), ['--help'], { encoding: 'utf8' });
    for (const option of postgres!.environment!.POSTGRES_INITDB_ARGS!.split(' '))
      expect(help).toContain(option.split('=')[0]);
  });
});

describe('Grafana', () => {
  const { environment = {}, image, volumes = [] } = service('grafana');
  const provisioned = volumes.filter(({ target }) => target.startsWith('/etc/grafana/provisioning/'));
  const files = provisioned.flatMap(({ source }) =>
    readdirSync(source)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => join(source, name)),
  );

  test('is of the oldest line that the app supports', () => {
    expect(image).toMatch(/^grafana\/grafana:12\.3\.\d+$/);
  });

  test('loads the app and every plugin in it unsigned', () => {
    const allowed = environment.GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS?.split(',') ?? [];
    const there = readdirSync(join(repository, 'plugin/src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('plugin.json'))
      .map((path) => (JSON.parse(read(join('plugin/src', path))) as { id: string }).id);
    expect(there.sort()).toEqual(allowed.toSorted());
  });

  test('is provisioned with data source, app and dashboards, from the folders it reads', () => {
    expect(files.map((file) => relative(repository, file)).sort()).toEqual([
      'provisioning/dashboards/hpa-watch.yaml',
      'provisioning/datasources/hpa-watch.yaml',
      'provisioning/plugins/hpa-watch.yaml',
    ]);
    for (const { source, target } of provisioned) expect(source.split('/').at(-1)).toBe(target.split('/').at(-1));
  });

  test('gets every variable that the provisioning names', () => {
    const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
    const named = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
    expect(named).toEqual(expect.arrayContaining(['HPA_WATCH_URL', 'HPA_WATCH_TOKEN']));
    expect(named.filter((name) => environment[name] === undefined)).toEqual([]);
  });

  test('provisions plugins that it may load, and dashboards from the mounted app', () => {
    const [dashboards, datasources, plugins] = files
      .toSorted()
      .map((file) => parse(readFileSync(file, 'utf8')) as Record<string, Record<string, unknown>[]>);
    const allowed = environment.GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS?.split(',');
    for (const { type } of [...(datasources?.datasources ?? []), ...(plugins?.apps ?? [])])
      expect(allowed).toContain(type);
    expect(plugins?.apps).toEqual([expect.objectContaining({ org_id: 1, disabled: false })]);
    const app = volumes.find(({ source }) => source.endsWith('/plugin/dist'))!.target;
    const paths = dashboards?.providers?.map(({ options }) => (options as { path: string }).path);
    expect(paths).toEqual([`${app}/dashboards`]);
  });
});
