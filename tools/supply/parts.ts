// The two things that are passed on, and what is in them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledPaths, noticedPackages, NOTICES } from './bundled.ts';
import { licenceOf, type Licence } from './licence.ts';
import { productionPackages, readLock, type Package } from './lock.ts';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export type LicensedPackage = Package & { licence: Licence };

const licensed = (packages: readonly Package[]): LicensedPackage[] =>
  packages.map((one) => ({ ...one, licence: licenceOf(join(root, one.path)) }));

/** All that runs with the agent. */
export const agentPackages = (): LicensedPackage[] => licensed(productionPackages(readLock(root), 'agent'));

function locked(paths: readonly string[]): Package[] {
  const { packages } = readLock(root);
  return paths.map((path) => {
    const { version = '', integrity = '' } = packages[path] ?? {};
    return { path, name: path.slice(path.lastIndexOf('node_modules/') + 13), version, integrity, needs: [] };
  });
}

/** What the built bundle of the plugin holds. */
export const bundledPackages = (): LicensedPackage[] => licensed(locked(bundledPaths(join(root, 'plugin/dist'))));

/** What it holds by its notices, which go along with it and are checked against the bundle. */
export function noticedInPlugin(): LicensedPackage[] {
  const { packages } = readLock(root);
  const paths = noticedPackages(readFileSync(join(root, NOTICES), 'utf8')).map(({ name, version }) => {
    const path = [`plugin/node_modules/${name}`, `node_modules/${name}`].find(
      (one) => packages[one]?.version === version,
    );
    if (path === undefined)
      throw new Error(
        `${NOTICES} names ${name} ${version}, which package-lock.json does not: npm run licences -- --write`,
      );
    return path;
  });
  return licensed(locked(paths));
}
