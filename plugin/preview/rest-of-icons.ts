// Grafana serves more icons than the package of @grafana/ui holds. Most of the others are Unicons too; for Grafana's own, such as
// `pathfinder-unite`, a plain ring stands in.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

type IconSet = {
  icons: Record<string, { body: string } | undefined>;
  aliases?: Record<string, { parent: string } | undefined>;
};

const unicons = createRequire(import.meta.url)('@iconify-json/uil/icons.json') as IconSet;
const RING = '<circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="2"/>';

/** Folders as @grafana/ui asks for them. */
const folderOf = (name: string): string =>
  name.startsWith('gf-') ? 'custom' : name === 'circle-mono' ? 'mono' : 'unicons';

const bodyOf = (name: string): string =>
  (unicons.icons[name] ?? unicons.icons[unicons.aliases?.[name]?.parent ?? ''])?.body ?? RING;

/** Path -> SVG of every icon that `types` (icon.d.ts of @grafana/data) names and `shipped` lacks. */
export function restOfIcons(types: string, shipped: string): ReadonlyMap<string, string> {
  const names = readFileSync(types, 'utf8').matchAll(/^\s+'?([a-z][a-z0-9-]*)'?: boolean;/gm);
  const rest = new Map<string, string>();
  for (const [, name = ''] of names) {
    const isShipped = ['unicons', 'mono', 'custom'].some((folder) => existsSync(join(shipped, folder, `${name}.svg`)));
    if (isShipped) continue;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${bodyOf(name)}</svg>`;
    rest.set(`img/icons/${folderOf(name)}/${name}.svg`, svg);
  }
  return rest;
}
