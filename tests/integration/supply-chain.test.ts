import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { noticedPackages } from '../../tools/supply/bundled.ts';
import { ALLOWED, isAllowed, licenceInReadme, licenceProblems } from '../../tools/supply/licence.ts';
import { nameOf, productionPackages, readLock, type Lock } from '../../tools/supply/lock.ts';
import { agentPackages, noticedInPlugin, root } from '../../tools/supply/parts.ts';
import { sbomOf } from '../../tools/supply/sbom.ts';
import { parseDockerfile } from '../rig/dockerfile.ts';

const lock = readLock(root);
const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;
const readText = (path: string): string => readFileSync(join(root, path), 'utf8');
type Manifest = { dependencies?: Record<string, string>; devDependencies?: Record<string, string> };

/** Where a lock file could be made to bring something else than was looked at. */
const lockProblems = ({ packages }: Lock): string[] =>
  Object.entries(packages).flatMap(([path, { integrity, resolved, link }]) => {
    if (!path.includes('node_modules/')) return [];
    if (link === true) return /^(agent|plugin)$/.test(resolved ?? '') ? [] : [`${path} leads to ${resolved}`];
    return [
      ...(/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '') ? [] : [`${path} has no SHA-512`]),
      ...(resolved === undefined || resolved.startsWith('https://registry.npmjs.org/')
        ? []
        : [`${path} is from ${resolved}`]),
    ];
  });

describe('the lock file', () => {
  test('pins every package by SHA-512, from the npm registry and nowhere else', () => {
    expect(lock.lockfileVersion).toBe(3);
    expect(Object.keys(lock.packages).length).toBeGreaterThan(500);
    expect(lockProblems(lock)).toEqual([]);
  });

  test.each<[string, Lock['packages'][string]]>([
    ['no sum', {}],
    ['a weak sum', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
    [
      'another host',
      { integrity: lock.packages['node_modules/zod']!.integrity!, resolved: 'https://example.org/zod.tgz' },
    ],
    ['git', { integrity: lock.packages['node_modules/zod']!.integrity!, resolved: 'git+ssh://git@github.com/a/b.git' }],
    ['a folder elsewhere', { link: true, resolved: '../elsewhere' }],
  ])('one with %s would be noticed', (_, entry) => {
    expect(lockProblems({ lockfileVersion: 3, packages: { 'node_modules/zod': entry } })).toHaveLength(1);
  });

  test.each(['', 'agent', 'plugin'])('fits the manifest of "%s"', (workspace) => {
    const { dependencies = {}, devDependencies = {} } = readJson<Manifest>(join(workspace, 'package.json'));
    const locked = lock.packages[workspace]!;
    expect(locked.dependencies ?? {}).toEqual(dependencies);
    expect(locked.devDependencies ?? {}).toEqual(devDependencies);
  });

  test('only packages that have an install script are allowed to run one, and none that the agent runs with', () => {
    const scripted = Object.entries(lock.packages).flatMap(([path, one]) =>
      one.hasInstallScript ? [nameOf(path)] : [],
    );
    const { allowScripts } = readJson<{ allowScripts: Record<string, boolean> }>('package.json');
    const allowed = Object.keys(allowScripts).filter((name) => allowScripts[name]);
    expect(scripted).toEqual(expect.arrayContaining(allowed));
    const running = new Set(agentPackages().map(({ name }) => name));
    expect(allowed.filter((name) => running.has(name))).toEqual([]);
  });
});

describe('dependencies', () => {
  test('docs/dependencies.md gives each direct one of the agent a licence and a reason', () => {
    const { dependencies = {} } = readJson<Manifest>('agent/package.json');
    const rows = [...readText('docs/dependencies.md').matchAll(/^\| `([^`]+)` *\| ([^|]+?) *\| ([^|]{10,}?) *\|$/gm)];
    expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(dependencies).sort());
    const licences = new Map(agentPackages().map(({ name, licence }) => [name, licence.id]));
    for (const [, name = '', licence] of rows) expect([name, licence]).toEqual([name, licences.get(name)]);
    expect(readText('docs/dependencies.md')).toContain(`is ${agentPackages().length} packages`);
  });

  test('a package is found where Node would find it', () => {
    const packages: Lock['packages'] = {
      agent: { dependencies: { a: '1' }, devDependencies: { unused: '1' } },
      'agent/node_modules/a': { version: '2', dependencies: { b: '1' }, optionalDependencies: { gone: '1' } },
      'agent/node_modules/a/node_modules/b': { version: '3', dependencies: { a: '1' } },
      'node_modules/a': { version: '1' },
      'node_modules/b': { version: '1' },
      'node_modules/unused': { version: '1' },
    };
    expect(productionPackages({ lockfileVersion: 3, packages }, 'agent').map(({ path }) => path)).toEqual([
      'agent/node_modules/a',
      'agent/node_modules/a/node_modules/b',
    ]);
  });
});

describe('licences', () => {
  test('all that is passed on may be, with its text', () => {
    const packages = [...agentPackages(), ...noticedInPlugin()];
    expect(licenceProblems(packages)).toEqual([]);
    expect(agentPackages().filter(({ licence }) => licence.text === null)).toEqual([]);
    expect(readText('docs/dependencies.md')).toContain(`Allowed licences: ${ALLOWED.join(', ')}.`);
  });

  test.each([
    ['MIT', true],
    ['GPL-3.0-only', false],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND GPL-3.0-only', false],
    ['MIT OR GPL-3.0-only AND ISC', true],
    ['(MIT OR GPL-3.0-only) AND AGPL-3.0-only', false],
    ['(MIT AND (BSD-3-Clause OR MPL-2.0))', true],
  ])('%s: %s', (expression, allowed) => expect(isAllowed(expression)).toBe(allowed));

  test.each([[null], ['SEE LICENSE IN x'], [''], ['(MIT'], ['MIT)'], ['UNLICENSED']])('%j is refused', (id) => {
    const problems = licenceProblems([{ name: 'p', version: '1', licence: { id, text: null } }]);
    expect(problems).toEqual([expect.stringMatching(/^p@1\b/)]);
  });

  test.each([
    ['# p\n\n## License\n\nMIT', null],
    [
      '# p\n\n## Licence\n\nCopyright (c) 2014 A. B.\n\nPROVIDED "AS IS"\n\n# more\n',
      'Copyright (c) 2014 A. B.\n\nPROVIDED "AS IS"',
    ],
    ['# p\n\n## license\n\nMIT\n\nCopyright (c) 2014\n\n"AS IS"', 'MIT\n\nCopyright (c) 2014\n\n"AS IS"'],
  ])('a README gives a licence only where it gives its text: %j', (readme, text) =>
    expect(licenceInReadme(readme)).toBe(text),
  );

  test('the notices name each package once', () => {
    const named = noticedPackages(readText('plugin/THIRD-PARTY-NOTICES.txt')).map(({ name }) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(new Set(named).size).toBe(named.length);
  });
});

describe('the bill of materials', () => {
  const packages = agentPackages().map(({ licence, ...one }) => ({ ...one, licence: licence.id }));
  const direct = new Set(Object.keys(readJson<Manifest>('agent/package.json').dependencies ?? {}));
  const needs = packages.filter(({ name }) => direct.has(name)).map(({ path }) => path);
  const bill = () => sbomOf({ name: '@hpa-watch/agent', version: '1.0.0', description: 'd', needs }, packages);

  test('is the same each time, and another one when anything changes', () => {
    expect(bill()).toEqual(bill());
    const [first, ...rest] = packages;
    const other = sbomOf({ name: '@hpa-watch/agent', version: '1.0.0', description: 'd', needs }, [
      { ...first!, version: '0' },
      ...rest,
    ]);
    expect(other.serialNumber).not.toBe(bill().serialNumber);
    expect(bill().serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  test('has the shape of CycloneDX 1.5: each component once, with sum, licence and address; each reference leads somewhere', () => {
    const { components, dependencies, metadata, bomFormat, specVersion } = bill();
    expect({ bomFormat, specVersion }).toEqual({ bomFormat: 'CycloneDX', specVersion: '1.5' });
    for (const component of components) {
      expect(component).toMatchObject({ type: 'library', 'bom-ref': component.purl, licenses: [expect.anything()] });
      expect(component.purl).toMatch(/^pkg:npm\/(%40[a-z0-9-]+\/)?[a-z0-9.-]+@\d+\.\d+\.\d+/);
      expect(component.hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
    }
    const refs = [metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])];
    expect(new Set(refs).size).toBe(refs.length);
    expect(dependencies.map(({ ref }) => ref).sort()).toEqual([...refs].sort());
    const reached = new Set<string>();
    const visit = (ref: string): void => {
      if (reached.has(ref)) return;
      reached.add(ref);
      dependencies.find((one) => one.ref === ref)!.dependsOn.forEach(visit);
    };
    visit(metadata.component['bom-ref']);
    expect([...reached].sort()).toEqual([...refs].sort());
  });
});

test('the threat model names code and tests that are there', () => {
  const rooms = '{agent/src,plugin/src,plugin/integration,tests,docs}/**/*.{ts,json,yaml}';
  const there = globSync(rooms, { cwd: root });
  const named = [...readText('docs/threat-model.md').matchAll(/`([\w./-]+\.(?:ts|json|yaml))`/g)].map(
    ([, file = '']) => file,
  );
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((file) => !there.some((one) => `/${one}`.endsWith(`/${file}`)))).toEqual([]);
});

describe('images', () => {
  /** name:1.2.3 with whatever follows, a digest among it. Of PostgreSQL a version has two numbers. */
  const EXACT = /^(postgres:\d+\.\d+|[\w./-]+:v?\d+\.\d+\.\d+)(-[\w.-]+)?(@sha256:[0-9a-f]{64})?$/;
  const filledIn = (text: string) => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');

  test('are named by exact versions, and the agent is built on the same in Dockerfile and compose', () => {
    const { args, stages } = parseDockerfile(readText('agent/Dockerfile'), { TARGETARCH: 'amd64' });
    const names = stages.map(({ name }) => name);
    const from = stages
      .map((stage) => stage.from)
      .filter((one) => one !== 'scratch' && !names.includes(one) && !one.includes('$'));
    const compose = parse(readText('docker-compose.yml'), { merge: true }) as {
      services: Record<string, { image: string; build?: { args: { NODE_IMAGE: string } } }>;
    };
    const services = Object.values(compose.services);
    const pulled = services.filter(({ build }) => build === undefined).map(({ image }) => filledIn(image));
    expect(from.length).toBeGreaterThan(0);
    expect(pulled.length).toBeGreaterThan(1);
    for (const image of [...from, ...pulled]) expect(image).toMatch(EXACT);
    for (const { build } of services) if (build) expect(filledIn(build.args.NODE_IMAGE)).toBe(args.get('NODE_IMAGE'));
    expect(args.get('NODE_IMAGE')).toContain(`:${lock.packages['node_modules/node']!.version}-`);
    expect(readText('agent/Dockerfile')).toMatch(/^# syntax=docker\/dockerfile:\d+\.\d+\.\d+\n/);
  });
});
