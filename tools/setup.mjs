// Installs what is missing, and nothing that is there. Plain JavaScript without dependencies: it runs before there are any,
// on whatever Node the machine has. With --system also the Debian packages that the tests need (as root on Debian).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.hpa-watch-setup');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (error || status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ` with code ${status}`}`);
}

function installPackages() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing npm packages (once, about a minute) ...');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}

/** Debian package -> a program that shows whether it is there. */
const SYSTEM = {
  prometheus: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  'docker-compose': 'docker-compose',
  wget: 'wget',
};

function installSystem() {
  const found = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  const missing = Object.keys(SYSTEM).filter((name) => !found(SYSTEM[name]));
  if (missing.length === 0) return;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) {
    console.error(
      `Not found: ${missing.join(', ')}. The integration tests need them; install them first (as root on Debian this is done for you).`,
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
