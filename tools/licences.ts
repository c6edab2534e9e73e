// npm run licences: the licences of all that is passed on (what runs with the agent, what is in the plugin's bundle), checked against the list of
// those that may. With --write, plugin/THIRD-PARTY-NOTICES.txt as the bundle needs it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noticesText, NOTICES } from './supply/bundled.ts';
import { licenceProblems } from './supply/licence.ts';
import { agentPackages, bundledPackages, root, type LicensedPackage } from './supply/parts.ts';

const agent = agentPackages();
const plugin = bundledPackages();

function tell(what: string, packages: readonly LicensedPackage[]): void {
  const byLicence = Map.groupBy(packages, ({ licence }) => licence.id ?? 'none named');
  console.log(`${what}: ${packages.length} packages`);
  for (const [id, those] of [...byLicence].sort(([, a], [, b]) => b.length - a.length)) {
    const names = those.map(({ name, version }) => `${name}@${version}`).join(', ');
    console.log(
      `  ${id.padEnd(14)} ${String(those.length).padStart(3)}  ${those.length > 12 ? `${names.slice(0, 100)} ...` : names}`,
    );
  }
}
tell('The agent', agent);
tell("The plugin's bundle", plugin);

const problems = licenceProblems([...agent, ...plugin]);
const notices = noticesText(plugin);
if (process.argv.includes('--write')) writeFileSync(join(root, NOTICES), notices);
else if (readFileSync(join(root, NOTICES), 'utf8') !== notices)
  problems.push(`${NOTICES} is out of date: npm run licences -- --write`);
for (const { name, version, licence } of [...agent, ...plugin])
  if (licence.text === null)
    console.log(`Note: ${name}@${version} (${licence.id}) comes without the text of its licence.`);
if (problems.length > 0) {
  console.error(problems.map((problem) => `- ${problem}`).join('\n'));
  process.exitCode = 1;
}
