// A software bill of materials in CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/), the same for the same lock file.
import { createHash } from 'node:crypto';
import type { Package } from './lock.ts';

export type Component = Package & { licence: string | null };

export type Sbom = ReturnType<typeof sbomOf>;

/** `main` is what the bill is of; `needs` are paths of packages. */
export function sbomOf(
  main: { name: string; version: string; description: string; needs: readonly string[] },
  packages: readonly Component[],
) {
  const byPath = new Map(packages.map((one) => [one.path, one]));
  const refs = (paths: readonly string[]): string[] =>
    [...new Set(paths.flatMap((path) => byPath.get(path) ?? []).map(purlOf))].sort();
  const components = [...new Map(packages.map((one) => [purlOf(one), one]))].sort(([a], [b]) => (a < b ? -1 : 1));
  const mainRef = purlOf(main);
  const body = {
    metadata: {
      component: {
        type: 'application',
        'bom-ref': mainRef,
        name: main.name,
        version: main.version,
        description: main.description,
        licenses: [{ license: { id: 'Apache-2.0' } }],
        purl: mainRef,
      },
    },
    components: components.map(([purl, { name, version, integrity, licence }]) => ({
      type: 'library',
      'bom-ref': purl,
      name,
      version,
      scope: 'required',
      hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex') }],
      licenses:
        licence === null ? [] : [/[\s()]/.test(licence) ? { expression: licence } : { license: { id: licence } }],
      purl,
    })),
    dependencies: [
      { ref: mainRef, dependsOn: refs(main.needs) },
      ...components.map(([ref, { version, name }]) => ({
        ref,
        dependsOn: refs(
          packages.filter((one) => one.name === name && one.version === version).flatMap(({ needs }) => needs),
        ),
      })),
    ],
  };
  // No time and no chance in it: the serial number follows from the content.
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(body))}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber,
    version: 1,
    ...body,
  };
}

/** https://github.com/package-url/purl-spec: the @ of a scope is encoded. */
const purlOf = ({ name, version }: { name: string; version: string }): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** A UUID of version 8 (RFC 9562): its bits are ours to choose. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
