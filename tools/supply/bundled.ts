// The packages whose code is part of the Grafana app's bundle, and the notices that go along with it.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Licence } from './licence.ts';

export const NOTICES = 'plugin/THIRD-PARTY-NOTICES.txt';

/** `node_modules/...` paths of the packages in a bundle, as its source maps tell them; what Grafana shares is not among them. */
export function bundledPaths(dist: string): string[] {
  const maps = globSync('**/*.map', { cwd: dist });
  if (maps.length === 0) throw new Error(`${dist} holds no bundle: npm run build:plugin`);
  const sources = maps.flatMap(
    (map) => (JSON.parse(readFileSync(join(dist, map), 'utf8')) as { sources: string[] }).sources,
  );
  const paths = sources.flatMap(
    (source) =>
      /(?:plugin\/)?node_modules\/.*node_modules\/(?:@[^/]+\/)?[^/]+|(?:plugin\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(
        source,
      )?.[0] ?? [],
  );
  return [...new Set(paths)].sort();
}

type Noticed = { name: string; version: string; licence: Licence };

const RULE = '-'.repeat(80);

/** One text with the licence of each, in the order given. */
export const noticesText = (packages: readonly Noticed[]): string =>
  [
    'The bundle of HPA Watch contains the following packages. HPA Watch itself is under the Apache License 2.0 (LICENSE).',
    ...packages.map(({ name, version, licence: { id, text } }) =>
      [RULE, `${name} ${version} (${id ?? 'no licence named'})`, RULE, '', text ?? withoutText(id)].join('\n'),
    ),
  ].join('\n\n') + '\n';

/** Grafana's libraries name their licence and hold no text of it; the file LICENSE of the bundle is that text. */
const withoutText = (id: string | null): string =>
  id === 'Apache-2.0'
    ? 'Under the Apache License 2.0, whose text is the file LICENSE beside this one.'
    : `Under ${id ?? 'a licence that it does not name'}; the package holds no text of it.`;

/** name@version of each package in such a text. */
export const noticedPackages = (text: string): { name: string; version: string }[] =>
  [...text.matchAll(/^-{80}\n(\S+) (\S+) \(.*\)\n-{80}$/gm)].map(([, name = '', version = '']) => ({ name, version }));
