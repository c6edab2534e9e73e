import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSurveyor, readDiscovery } from '../../agent/src/collect/discover.ts';
import { reachOf } from '../../agent/src/collect/stored-cluster.ts';
import { settingsSchema } from '../../agent/src/config/schema.ts';
import { HOSTILE_RUNS, hostileText } from '../../agent/src/core/hostile-text.fixture.ts';
import { isClusterName, isHpaName, isNamespaceName } from '../../agent/src/domain/hpa.ts';
import { checkKey, checkName } from '../../agent/src/http/names.ts';
import { isAgentError } from '../../agent/src/core/errors.ts';
import { parseServices } from '../../agent/src/kubectl/services.ts';
import type { Prometheus, Series } from '../../agent/src/prometheus/prometheus.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Names as apimachinery's validation has them, written the other way round. */
const isLabel = (text: string): boolean =>
  text.length >= 1 &&
  text.length <= 63 &&
  [...text].every((c) => /^[a-z0-9-]$/.test(c)) &&
  !text.startsWith('-') &&
  !text.endsWith('-');
const isSubdomain = (text: string): boolean =>
  text.length <= 253 &&
  text
    .split('.')
    .every(
      (part) =>
        part !== '' && [...part].every((c) => /^[a-z0-9-]$/.test(c)) && !part.startsWith('-') && !part.endsWith('-'),
    );

const anyName = fc.oneof(
  hostileText,
  fc.string({ unit: fc.constantFrom('a', 'z', '0', '-', '.', 'A', '_'), maxLength: 70 }),
);

const refuses = (check: () => unknown): boolean => {
  try {
    check();
    return false;
  } catch (error) {
    if (isAgentError(error) && error.code === 'hpa/invalid-name') return true;
    throw error;
  }
};

test("namespaces and HPAs are named by Kubernetes' own rules", () => {
  fc.assert(
    fc.property(anyName, (name) => {
      expect([name, isNamespaceName(name)]).toEqual([name, isLabel(name)]);
      expect([name, isHpaName(name)]).toEqual([name, isSubdomain(name)]);
      if (isClusterName(name)) expect(name).toMatch(/^[A-Za-z0-9][^\s-]*|^[A-Za-z0-9]/);
    }),
    { ...HOSTILE_RUNS, numRuns: 2_000 },
  );
});

const series = (namespace: string, hpa: string): Series => ({
  labels: { __name__: 'kube_horizontalpodautoscaler_spec_max_replicas', namespace, horizontalpodautoscaler: hpa },
  times: [0],
  values: [10],
});

const service = (name: string) =>
  JSON.stringify({ items: [{ metadata: { name }, spec: { selector: { a: 'b' }, ports: [{ port: 9090 }] } }] });

/** Each way by which a name comes in: whether it is let in. */
const EDGES: Record<string, { rule: (name: string) => boolean; lets: (name: string) => boolean }> = {
  'HTTP: cluster': { rule: isClusterName, lets: (name) => !refuses(() => checkName('cluster', name)) },
  'HTTP: namespace': { rule: isNamespaceName, lets: (name) => !refuses(() => checkName('namespace', name)) },
  'HTTP: hpa': {
    rule: isHpaName,
    lets: (name) => !refuses(() => checkKey({ cluster: 'c', namespace: 'n', hpa: name })),
  },
  'settings: cluster': {
    rule: isClusterName,
    lets: (name) => settingsSchema.safeParse({ clusters: [{ name }] }).success,
  },
  'settings: namespace': {
    rule: isNamespaceName,
    lets: (name) => settingsSchema.safeParse({ prometheus: { namespace: name } }).success,
  },
  'Prometheus: namespace': {
    rule: isNamespaceName,
    lets: (name) => readDiscovery([series(name, 'api')]).hpas.length === 1,
  },
  'Prometheus: hpa': { rule: isHpaName, lets: (name) => readDiscovery([series('shop', name)]).hpas.length === 1 },
  'database: cluster': {
    rule: isClusterName,
    lets: (name) =>
      reachOf({ name, definition: { context: 'c' }, lane: null, place: null, createdAt: 0 }) !== 'unknown',
  },
  'kubectl: service': { rule: isNamespaceName, lets: (name) => parseServices(service(name)) !== null },
};

describe.each(Object.entries(EDGES))('%s', (_, { rule, lets }) => {
  test('lets in what the one rule allows and nothing else', () => {
    fc.assert(
      fc.property(anyName, (name) => expect([name, lets(name)]).toEqual([name, rule(name)])),
      HOSTILE_RUNS,
    );
  });
});

test('HPAs that no Kubernetes can have are left out of what Prometheus tells, and counted', async () => {
  const answer = [series('shop', 'api'), series('Shop', 'api'), series('shop', '--all'), series('shop', 'a"} or up')];
  const prometheus = { instant: async () => answer } as unknown as Prometheus;
  const { hpas, notes } = await createSurveyor({ now: () => 0 })({ cluster: 'c', prometheus }, null, 0);
  expect(hpas.map(({ hpa }) => hpa)).toEqual(['api']);
  expect(notes).toContainEqual(expect.stringMatching(/^3 HPAs are left out/));
});

const sources = (folder: string, end: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => end.test(file) && !/node_modules|dist\/|\.(test|fixture|spec)\./.test(file))
    .map((file) => join(folder, file));

test('the rules stand in one place', () => {
  // A character class of a name, as a rule would have it.
  const rule = /\[a-z0-9\]\(\[-a-z0-9|\[a-z0-9\]\(\?:\[-a-z0-9/;
  const holders = sources('agent/src', /\.ts$/).filter((file) => rule.test(readFileSync(join(root, file), 'utf8')));
  expect(holders).toEqual(['agent/src/domain/hpa.ts']);
});

test.each([
  [
    'writes HTML from a text',
    /dangerouslySetInnerHTML|\.(inner|outer)HTML\s*[+]?=[^=]|insertAdjacentHTML|document\.write\(/,
  ],
  ['runs a text', /\beval\(|new Function\(/],
  ['goes through a shell', /shell:\s*true|(?<![.\w])exec(Sync)?\(/],
])('no part of the agent or of the app %s', (_, pattern) => {
  const found = [
    ...sources('agent/src', /\.ts$/),
    ...sources('plugin/src', /\.tsx?$/),
    ...sources('plugin/preview/src', /\.tsx?$/),
  ].filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')));
  expect(found).toEqual([]);
});
