// npm run types:grafana13: typechecks the plugin against the libraries of Grafana 13.1, too. The plugin is built against 12.3, the oldest that it
// runs in; here is seen that nothing it uses is gone in the next one.
//
// The libraries are fetched alone, without what they depend on (that would be another 500 MB): only their types are read, and what these import
// is found in this checkout. Kept in node_modules/.cache, so that the second time costs no download.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const VERSION = '13.1.1';

/** sha512 of each package's file, as the registry has it. */
const PACKAGES: Record<string, string> = {
  '@grafana/data': '8mOs4ymGwdAwUrIWjYtofFkg8A6UakjwQ78Zw83uPM11oNQ2Xlpszz8L/238JTt7lYbOj0l8Cc5gIa2OYEJ8TQ==',
  '@grafana/i18n': '+t2QWJ6yGK5FHaBYv2WkviGEjfeV6ppNq3AwLfaeHrdg1J2cSEuZRyhwLh5fsByO5MSJVKFP64euZAkStizkRw==',
  '@grafana/runtime': 'LAnt0bFYXLkK1AzTa/+40AIsucAjTF68kWBH5KtQgTOYixkDEUMXn4mmxgyMhTnP8jUJJsIwsJp7c4k+7evmPw==',
  '@grafana/schema': '2/89TWqLUJ0ffi8/qhoUtT2cZqpQ7MY3DoOWJ39sY1+nf1defi8vIDKyWp88HFAo9HJtwwlQQQowP7Jre7VRHQ==',
  '@grafana/ui': '0YuE1lbALJjCD9owwiuCjM47HjpLV2pvQsyo0UG0VEn0DczQNEPfHtekiPar466h6Ex2uj9nmY7gRwcG/jm+Jw==',
  '@grafana/e2e-selectors': 'zPpdVa6epFQRAm/GA80wzhaUKcHge5Hz8q5MaAt5Br/eZtHz2R/FQUoCwA+AZqxIHun1sWofB2G6qlEoAIQwbg==',
};

const root = join(import.meta.dirname, '..');
const cache = join(root, 'node_modules/.cache/grafana-13');
const stamp = join(cache, 'complete');
const wanted = JSON.stringify({ VERSION, PACKAGES });

function run(command: string, args: string[], cwd: string): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}

function fetchPackage(name: string, sha512: string): void {
  const download = join(cache, 'download');
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  run('npm', ['pack', '--silent', '--loglevel=error', `${name}@${VERSION}`], download);
  const [file = ''] = readdirSync(download);
  const found = createHash('sha512')
    .update(readFileSync(join(download, file)))
    .digest('base64');
  if (found !== sha512)
    throw new Error(`${name}@${VERSION} is not the file it was: sha512 ${found}, expected ${sha512}`);
  const target = join(cache, 'node_modules', name);
  mkdirSync(target, { recursive: true });
  run('tar', ['xzf', join(download, file), '--strip-components=1', '-C', target], root);
  rmSync(download, { recursive: true });
}

function fetchAll(): void {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error(`Fetching the libraries of Grafana ${VERSION} (once, 4 MB) ...`);
  rmSync(cache, { recursive: true, force: true });
  for (const [name, sha512] of Object.entries(PACKAGES)) fetchPackage(name, sha512);
  writeFileSync(stamp, wanted);
}

fetchAll();
const compiler = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'plugin/tsconfig.grafana-13.json')], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
