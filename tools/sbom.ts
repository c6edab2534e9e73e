// npm run sbom: release/hpa-watch-agent.cdx.json and release/hpawatch-monitor-app.cdx.json, CycloneDX 1.5, the same for the same lock file.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLock } from './supply/lock.ts';
import { agentPackages, noticedInPlugin, root, type LicensedPackage } from './supply/parts.ts';
import { sbomOf } from './supply/sbom.ts';

const release = join(root, 'release');
mkdirSync(release, { recursive: true });

function write(workspace: 'agent' | 'plugin', file: string, packages: readonly LicensedPackage[]): void {
  const { name, version, description } = JSON.parse(
    readFileSync(join(root, workspace, 'package.json'), 'utf8'),
  ) as Record<'name' | 'version' | 'description', string>;
  // The plugin has only devDependencies: all that is in its bundle it has asked for, or what that brought along.
  const direct = new Set(Object.keys(readLock(root).packages[workspace]?.dependencies ?? {}));
  const needs = packages.filter((one) => direct.size === 0 || direct.has(one.name)).map(({ path }) => path);
  const components = packages.map(({ licence, ...one }) => ({ ...one, licence: licence.id }));
  const bill = sbomOf({ name, version, description, needs }, components);
  writeFileSync(join(release, file), `${JSON.stringify(bill, null, 2)}\n`);
  console.log(`release/${file}: ${bill.components.length} components, ${bill.serialNumber}`);
}

write('agent', 'hpa-watch-agent.cdx.json', agentPackages());
write('plugin', 'hpawatch-monitor-app.cdx.json', noticedInPlugin());
