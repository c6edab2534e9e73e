// npm run package: builds the Grafana app, checks it as the catalogue does, prints its sizes and makes the archive that the catalogue takes.
import { createHash } from 'node:crypto';
import { createWriteStream, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import yazl from 'yazl';
import { catalogueProblems } from './package/catalogue.ts';
import { buildAndTrace } from './package/first-load.ts';
import { nestedProblems, sourceProblems } from './package/source-rules.ts';

const APP_ID = 'hpawatch-monitor-app';
const NESTED_LIMIT_BYTES = 60_000;
const FIRST_LOAD_LIMIT_BYTES = 120_000;
/** Of every file, so that the same content makes the same archive. */
const WRITTEN_AT = new Date('2000-01-01T00:00:00Z');

const root = join(import.meta.dirname, '..');
const plugin = join(root, 'plugin');
const dist = join(plugin, 'dist');
const release = join(root, 'release');
const { version } = JSON.parse(readFileSync(join(plugin, 'package.json'), 'utf8')) as { version: string };

const firstLoad = await buildAndTrace(plugin);
const paths = globSync('**/*', { cwd: dist })
  .filter((path) => statSync(join(dist, path)).isFile())
  .sort();
const files = new Map(paths.map((path) => [path, readFileSync(join(dist, path))]));

const problems = catalogueProblems(files, { id: APP_ID, version });
for (const path of globSync('src/**/*.{ts,tsx}', { cwd: plugin, exclude: ['**/*.test.*', '**/*.fixture.*'] })) {
  const source = readFileSync(join(plugin, path), 'utf8');
  const isNested = /^src\/(panels|datasource)\//.test(path);
  const found = [...sourceProblems(source), ...(isNested ? nestedProblems(source) : [])];
  problems.push(...found.map((problem) => `plugin/${path}:${problem}`));
}

const kilobytes = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} kB`;
const row = (name: string, bytes: number, limit: number, unit: string): void => {
  console.log(`  ${name.padEnd(34)} ${kilobytes(bytes).padStart(9)} ${unit}, at most ${kilobytes(limit)}`);
  if (bytes >= limit) problems.push(`${name} has ${kilobytes(bytes)} ${unit}, at most ${kilobytes(limit)} are allowed`);
};
console.log('Sizes:');
for (const path of paths.filter((one) => one.endsWith('/module.js')))
  row(path, files.get(path)?.length ?? 0, NESTED_LIMIT_BYTES, 'minified');
const gzipped = firstLoad.reduce((sum, path) => sum + gzipSync(files.get(path) ?? '').length, 0);
row(`first load (${firstLoad.length} files)`, gzipped, FIRST_LOAD_LIMIT_BYTES, 'gzip');

if (problems.length > 0) {
  console.error(`\nThe catalogue would refuse it:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  process.exit(1);
}

const archive = new yazl.ZipFile();
for (const [path, content] of files)
  archive.addBuffer(content, `${APP_ID}/${path}`, { mtime: WRITTEN_AT, mode: 0o100644 });
archive.end();
mkdirSync(release, { recursive: true });
const name = `${APP_ID}-${version}.zip`;
await pipeline(archive.outputStream, createWriteStream(join(release, name)));
const bytes = readFileSync(join(release, name));
const sha256 = createHash('sha256').update(bytes).digest('hex');
writeFileSync(join(release, `${name}.sha256`), `${sha256}  ${name}\n`);
console.log(`\nrelease/${name}: ${paths.length} files, ${kilobytes(bytes.length)}, sha256 ${sha256}`);
