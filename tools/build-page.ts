// Builds the Grafana app and the page that shows it without a Grafana, each only where what it is made of has changed.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const stamps = join(root, 'node_modules/.cache/hpa-watch');

type Target = { name: string; script: string; made: string; from: string[]; not?: RegExp };

const SHARED = ['package-lock.json', 'plugin/package.json', 'plugin/tsconfig.json'];
const TARGETS: Target[] = [
  {
    name: 'the Grafana app',
    script: 'build',
    made: 'plugin/dist/module.js',
    from: [...SHARED, 'plugin/webpack.config.ts', 'plugin/src/**/*', 'plugin/*.{md,txt}', 'plugin/LICENSE'],
    not: /\.test\.tsx?$/,
  },
  {
    name: 'its page',
    script: 'build:preview',
    made: 'plugin/preview/dist/index.html',
    from: [...SHARED, 'plugin/preview/*.*', 'plugin/preview/src/**/*'],
    not: /\.test\.tsx?$/,
  },
];

/** Of every file's path and content: what a checkout or a touch changes is only the time. */
function fingerprint({ from, not }: Target): string {
  const hash = createHash('sha256');
  const files = globSync(from, { cwd: root }).filter((file) => not?.test(file) !== true);
  for (const file of files.sort()) {
    const path = join(root, file);
    if (statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

/** Builds what is missing or stale; ends the process with what webpack said where that fails. */
export async function buildPage(): Promise<void> {
  const stale = TARGETS.map((target) => ({
    ...target,
    now: fingerprint(target),
    stamp: join(stamps, target.script.replace(':', '-')),
  })).filter(
    ({ made, now, stamp }) =>
      !existsSync(join(root, made)) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== now,
  );
  if (stale.length > 0) console.error(`Building ${stale.map(({ name }) => name).join(' and ')} ...`);
  mkdirSync(stamps, { recursive: true });
  await Promise.all(
    stale.map(async ({ script, now, stamp }) => {
      await run(script);
      writeFileSync(stamp, now);
    }),
  );
}

async function run(script: string): Promise<void> {
  try {
    await promisify(execFile)('npm', ['run', '--silent', script, '-w', 'plugin'], { cwd: root, maxBuffer: 1e8 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    console.error([stdout, stderr, String(error)].filter(Boolean).join('\n'));
    process.exit(1);
  }
}

if (import.meta.main) await buildPage();
