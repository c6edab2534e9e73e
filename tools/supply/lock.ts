// What package-lock.json says, and which of it a workspace brings along where it runs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type LockEntry = {
  version?: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  link?: boolean;
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
};

export type Lock = { lockfileVersion: number; packages: Record<string, LockEntry> };

/** One package where it lies; `needs` are the paths of what it depends on. */
export type Package = { path: string; name: string; version: string; integrity: string; needs: string[] };

export const readLock = (root: string): Lock =>
  JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;

const FOLDER = 'node_modules/';

/** `node_modules/@a/b` -> `@a/b` */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf(FOLDER) + FOLDER.length);

/**
 * Everything that a workspace needs to run, with what that needs in turn, as Node would find it: the sort is by path. `npm sbom --omit=dev`
 * does not answer this: it leaves out what is also needed for development (zod, yaml, debug, ...).
 */
export function productionPackages({ packages }: Lock, workspace: string): Package[] {
  const found = new Map<string, Package>();
  const visit = (from: string): string[] => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = packages[from] ?? {};
    const peers = Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true);
    const wanted = new Set([...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]);
    return [...wanted].sort().flatMap((name) => {
      const path = lookUp(packages, from, name);
      // An optional one may be missing; npm has refused anything else.
      if (path === null) return [];
      if (!found.has(path)) {
        const { version = '', integrity = '' } = packages[path] ?? {};
        const one: Package = { path, name: nameOf(path), version, integrity, needs: [] };
        found.set(path, one);
        one.needs = visit(path);
      }
      return [path];
    });
  };
  visit(workspace);
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Node's own way: the node_modules beside a package, then those above. */
function lookUp(packages: Lock['packages'], from: string, name: string): string | null {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    if (!at.endsWith('/node_modules') && at !== 'node_modules') {
      const path = `${at === '' ? '' : `${at}/`}${FOLDER}${name}`;
      if (packages[path] !== undefined) return path;
    }
    if (at === '') return null;
  }
}
