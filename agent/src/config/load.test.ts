import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentError } from '../core/errors.ts';
import { loadConfig, type Environment } from './load.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'hpa-watch-config-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

let count = 0;
function load(yaml: string, env: Environment = {}) {
  const file = join(dir, `${count++}.yaml`);
  writeFileSync(file, yaml);
  return loadConfig({ file, env, cwd: dir });
}

const errorOf = (run: () => unknown): AgentError => {
  try {
    run();
  } catch (error) {
    if (error instanceof AgentError) return error;
    throw error;
  }
  throw new Error('no error');
};

describe('defaults', () => {
  test('no file and no environment give the documented settings', () => {
    expect(loadConfig({ file: null, env: {}, cwd: dir })).toMatchObject({
      listen: { host: '127.0.0.1', port: 8085, allowPublic: false, allowedHosts: [] },
      auth: { writeTokens: [], readTokens: [], tokenFile: null, readTokenFile: null },
      kubectl: { path: 'kubectl', kubeconfig: null, contextSuffix: '-admin' },
      prometheus: { namespace: 'monitoring', service: 'prometheus-server', port: 9090, timeoutMs: 30_000 },
      lanes: [55_553, 55_554],
      forwardMode: null,
      slotMs: null,
      clusters: [],
      baseline: { windowMs: 259_200_000, stepMs: 300_000, minCoverage: 70 },
      retention: { minutesMs: 604_800_000, totalMs: 2_592_000_000 },
      logLevel: 'info',
    });
  });

  test('an empty file is no error', () => expect(load('').lanes).toEqual([55_553, 55_554]));

  test('a cluster inherits what it does not say', () => {
    const { clusters } = load('prometheus: { service: prom, timeout: 5s }\nclusters: [{ name: a, port: 80 }]');
    expect(clusters).toEqual([
      {
        name: 'a',
        context: null,
        prometheusUrl: null,
        prometheus: { namespace: 'monitoring', service: 'prom', port: 80, timeoutMs: 5_000 },
      },
    ]);
  });
});

describe('the environment wins over the file', () => {
  test.each<[string, string, (c: ReturnType<typeof load>) => unknown, unknown]>([
    ['HPA_WATCH_PORT', '9000', (c) => c.listen.port, 9_000],
    ['HPA_WATCH_HOST', '127.0.0.9', (c) => c.listen.host, '127.0.0.9'],
    ['HPA_WATCH_TOKEN', 'abcdefghijklmnopqrst', (c) => c.auth.writeTokens, ['abcdefghijklmnopqrst']],
    ['HPA_WATCH_READ_TOKEN', 'read-abcdefghijklmno', (c) => c.auth.readTokens, ['read-abcdefghijklmno']],
    ['HPA_WATCH_LOG_LEVEL', 'debug', (c) => c.logLevel, 'debug'],
    ['HPA_WATCH_DATA_DIR', '/var/lib/x', (c) => c.dataDir, '/var/lib/x'],
  ])('%s=%s', (name, value, pick, expected) => {
    const yaml = 'listen: { port: 8000 }\nlog: { level: warn }\nauth: { token: tokentokentoken0 }\ndataDir: /tmp/other';
    expect(pick(load(yaml, { [name]: value }))).toEqual(expected);
  });

  test('HPA_WATCH_CONFIG names the file', () => {
    const file = join(dir, 'by-env.yaml');
    writeFileSync(file, 'listen: { port: 1234 }');
    expect(loadConfig({ file: null, env: { HPA_WATCH_CONFIG: file }, cwd: '/' }).listen.port).toBe(1_234);
  });
});

describe('a wrong setting stops the start with its path, what was found and what is allowed', () => {
  test.each([
    ['listen: { port: 99999 }', 'listen.port', '99999', '1 to 65535|0 .any free one. to 65535'],
    ['listen: { port: "http" }', 'listen.port', '"http"', 'a port'],
    ['listen: { host: 0.0.0.0 }', 'listen.host', '"0.0.0.0"', 'allowPublic'],
    ['lanes: []', 'lanes', '\\[\\]', 'at least one port'],
    ['lanes: [1, 1]', 'lanes', '\\[1,1\\]', 'without repetition'],
    ['lanes: many', 'lanes', '"many"', 'auto'],
    ['lanes: [8085]', 'lanes', '\\[8085\\]', 'other than listen.port'],
    ['forwardMode: never', 'forwardMode', '"never"', '"persistent", "rotating"'],
    ['slotDuration: fast', 'slotDuration', '"fast"', 'from 1s to 10m'],
    ['slotDuration: 10ms', 'slotDuration', '"10ms"', 'from 1s to 10m'],
    ['prometheus: { namespace: Monitoring }', 'prometheus.namespace', '"Monitoring"', 'Kubernetes namespace'],
    ['prometheus: { timeout: 30 }', 'prometheus.timeout', '30', 'duration|string'],
    ['kubectl: { path: "--evil" }', 'kubectl.path', '"--evil"', 'not beginning with "-"'],
    ['clusters: [{ name: "-x" }]', 'clusters\\[0\\].name', '"-x"', 'beginning with a letter'],
    ['clusters: [{ name: a }, { name: a }]', 'clusters\\[1\\].name', '"a"', 'not used before'],
    ['clusters: [{ name: a, context: "-n" }]', 'clusters\\[0\\].context', '"-n"', 'not beginning with "-"'],
    [
      'clusters: [{ name: a, prometheusUrl: "ftp://x" }]',
      'clusters\\[0\\].prometheusUrl',
      '"ftp://x"',
      'http or https',
    ],
    [
      'clusters: [{ name: a, context: b, prometheusUrl: "http://x" }]',
      'clusters\\[0\\].prometheusUrl',
      '"http://x"',
      'not both',
    ],
    ['clusters: { a: 1 }', 'clusters', '\\{"a":1\\}', 'array'],
    ['auth: { token: short }', 'auth.token', 'a text of 5 characters', 'at least 16'],
    ['auth: { tokenFile: /nowhere }', 'auth.tokenFile', '"/nowhere"', 'readable file'],
    ['auth: { readTokenFile: /nowhere }', 'auth.readTokenFile', '"/nowhere"', 'readable file'],
    ['auth: { token: "with a space in it" }', 'auth.token', 'a text of 18 characters', 'without spaces'],
    ['auth: { readTokens: [short] }', 'auth.readTokens\\[0\\]', 'a text of 5 characters', 'at least 16'],
    [
      'auth: { tokens: [sametoken0123456], readToken: sametoken0123456 }',
      'auth.tokens',
      'a value of another kind',
      'no read token',
    ],
    ['listen: { corsOrigins: ["*"] }', 'listen.corsOrigins\\[0\\]', '"\\*"', 'an origin'],
    ['listen: { corsOrigins: ["http://a/"] }', 'listen.corsOrigins\\[0\\]', '"http://a/"', 'no path'],
    ['listen: { corsOrigins: ["http://A"] }', 'listen.corsOrigins\\[0\\]', '"http://A"', 'an origin'],
    ['listen: { corsOrigins: ["null"] }', 'listen.corsOrigins\\[0\\]', '"null"', 'an origin'],
    ['baseline: { step: 90s }', 'baseline.step', '"90s"', 'whole minutes'],
    ['baseline: { minCoverage: 0 }', 'baseline.minCoverage', '0', '1 to 100'],
    ['retention: { minutes: 40d }', 'retention.minutes', '"40d"', 'not above retention.total'],
    ['log: { level: loud }', 'log.level', '"loud"', '"info"'],
    ['tls: { cert: /a }', 'tls.key', 'nothing', 'both cert and key'],
    ['colour: red', 'colour', 'an unknown setting', 'docs/settings.md'],
    ['prometheus: { colour: red }', 'prometheus.colour', 'an unknown setting', 'docs/settings.md'],
    ['- a\n- b', 'settings', '\\["a","b"\\]', 'object'],
  ])('%s', (yaml, path, found, allowed) => {
    const error = errorOf(() => load(yaml));
    expect(error.code).toBe('config/invalid');
    expect(error.message).toMatch(new RegExp(`${path}: found .*${found}.*; allowed: .*(${allowed})`));
  });

  test('every problem is told at once', () => {
    const error = errorOf(() => load('lanes: []\nlog: { level: loud }\ncolour: red'));
    expect((error.details as { problems: unknown[] }).problems).toHaveLength(3);
  });

  test('an override from the environment is named', () => {
    expect(errorOf(() => load('', { HPA_WATCH_PORT: 'http' })).message).toContain(
      'listen.port (from HPA_WATCH_PORT): found "http"',
    );
  });

  test.each([
    'auth: { readToken: s3cr3t }',
    'auth: s3cr3t',
    'auth: [s3cr3t]',
    'auth: { token: [s3cr3t] }',
    'auth: { token: { s3cr3t: s3cr3t } }',
    'auth: { tokens: [s3cr3t] }',
    'auth:\n  token: "s3cr3t\n lanes: [',
    'auth: { token: s3cr3t',
    'auth: token: s3cr3t',
    'auth: { token: *s3cr3t }',
    'auth: { token: s3cr3ts3cr3ts3cr3t, readToken: s3cr3ts3cr3ts3cr3t }',
    'clusters: [{ name: a, prometheusUrl: "http://me:s3cr3t@prometheus" }]',
  ])('a secret never stands in the message: %j', (yaml) => {
    const error = errorOf(() => load(yaml));
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('s3cr3t');
  });

  test.each(['0.0.0.0', '::', '0', '127.1', '0x7f.0.0.1', '2130706433', '192.168.0.7', '10.0.0.1', 'fd00::7'])(
    'the address %s is refused without TLS and without allowPublic',
    (host) => {
      const of = (more: string) => `listen: { host: "${host}"${more} }`;
      expect(errorOf(() => load(of(''))).message).toMatch(/listen.host: found .*; allowed: a loopback address/);
      expect(load(of(', allowPublic: true')).listen.host).toBe(host);
      expect(load(`${of('')}\ntls: { cert: a.pem, key: b.pem }`).listen.host).toBe(host);
    },
  );

  test.each(['agent.example', '127.0.0.1.evil.example', 'localhost.evil.example', '::ffff:127.0.0.1', ''])(
    'the name %j is refused too',
    (host) => expect(errorOf(() => load(`listen: { host: "${host}" }`)).message).toContain('listen.host'),
  );

  test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('%s is loopback', (host) => {
    expect(load(`listen: { host: "${host}" }`).listen.host).toBe(host);
  });

  test('HPA_WATCH_HOST asks for the same as the file', () => {
    expect(errorOf(() => load('', { HPA_WATCH_HOST: '0.0.0.0' })).message).toContain('listen.host');
  });

  test.each([
    [
      'a missing file',
      () => loadConfig({ file: '/nowhere/x.yaml', env: {}, cwd: '/' }),
      'config/unreadable',
      '/nowhere/x.yaml',
    ],
    ['broken YAML', () => load('a: [1,'), 'config/unreadable', 'not valid YAML at line'],
    [
      'a database that is none',
      () => load('', { HPA_WATCH_DATABASE_URL: 'postgres://x' }),
      'config/invalid',
      'HPA_WATCH_DATABASE_URL',
    ],
  ])('%s', (_, run, code, text) => {
    const error = errorOf(run);
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });
});
