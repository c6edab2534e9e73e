// Installs what is missing, and nothing that is there. Plain JavaScript without dependencies: it runs before there are any,
// on whatever Node the machine has. With --system also the Debian packages that the tests need (as root on Debian).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (error || status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ` with code ${status}`}`);
}

/** What npm has put down in a lock file; `{}` where there is none. */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/** npm notes in node_modules what it has installed: every package wanted must be there in the very version, but those of other platforms. */
function isInstalled() {
  const there = lockedPackages('node_modules/.package-lock.json');
  return Object.entries(lockedPackages('package-lock.json')).every(
    ([path, wanted]) =>
      !path.includes('node_modules/') ||
      wanted.link ||
      wanted.optional ||
      wanted.devOptional ||
      (there[path]?.version === wanted.version && there[path]?.integrity === wanted.integrity),
  );
}

function installPackages() {
  if (isInstalled()) return;
  console.error('Installing npm packages (once, about a minute) ...');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Debian package -> a program that shows whether it is there. */
const SYSTEM = {
  prometheus: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  chromium: 'chromium',
  'docker-compose': 'docker-compose',
  wget: 'wget',
  openssl: 'openssl',
  // Its server is no command of the PATH: Debian keeps one directory a version.
  postgresql: '/usr/lib/postgresql/*/bin/postgres',
};

function installSystem() {
  const found = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  const missing = Object.keys(SYSTEM).filter((name) => !found(SYSTEM[name]));
  if (missing.length === 0) return;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) {
    console.error(
      `Not found: ${missing.join(', ')}. The integration and browser tests need them; install them first (as root on Debian this is done for you).`,
    );
    process.exit(1);
  }
  console.error(`Installing ${missing.join(', ')} ...`);
  // RUNLEVEL=1: the packages' scripts start no service.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (...args) => run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], { env });
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...missing);
}

try {
  installPackages();
  if (process.argv.includes('--system')) installSystem();
} catch (error) {
  console.error(`Set-up failed: ${error.message}`);
  process.exit(1);
}
