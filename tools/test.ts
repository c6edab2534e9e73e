// npm test: every check there is, one after another; ends in a line "N passed, N failed".
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'hpa-watch-test-'));

type Tally = { passed: number; failed: number };

/** A check that either holds or does not counts as one test. */
function check(script: string): Tally {
  console.log(`\n== npm run ${script}`);
  const ok = spawnSync('npm', ['run', '--silent', script], { cwd: root, stdio: 'inherit' }).status === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

type JestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numRuntimeErrorTestSuites: number;
};

function jest(script: string, ...args: string[]): Tally {
  console.log(`\n== npm run ${script}`);
  const report = join(scratch, `${script.replaceAll(':', '-')}.json`);
  const run = spawnSync('npm', ['run', '--silent', script, '--', '--json', `--outputFile=${report}`, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    ) as JestReport;
    if (numPendingTests > 0) console.log(`${numPendingTests} skipped`);
    const broken = numFailedTests + numRuntimeErrorTestSuites;
    return { passed: numPassedTests, failed: broken > 0 || run.status === 0 ? broken : 1 };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

type PlaywrightReport = { stats: { expected: number; unexpected: number; flaky: number; skipped: number } };

/** A test that passes only at the second try has failed. */
function playwright(script: string): Tally {
  console.log(`\n== npm run ${script}`);
  const report = join(scratch, `${script.replaceAll(':', '-')}.json`);
  const run = spawnSync('npm', ['run', '--silent', script, '--', '--reporter=line,json'], {
    cwd: root,
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    stdio: 'inherit',
  });
  try {
    const { expected, unexpected, flaky, skipped } = (JSON.parse(readFileSync(report, 'utf8')) as PlaywrightReport)
      .stats;
    if (skipped > 0) console.log(`${skipped} skipped`);
    const broken = unexpected + flaky;
    return { passed: expected, failed: broken > 0 || run.status === 0 ? broken : 1 };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** Where no Grafana is given, that is said, and nothing counts. */
function realGrafana(): Tally {
  if (process.env.GRAFANA_URL) return playwright('e2e:grafana');
  spawnSync('npm', ['run', '--silent', 'e2e:grafana'], { cwd: root, stdio: 'inherit' });
  return { passed: 0, failed: 0 };
}

const tallies = [
  check('lint'),
  check('format:check'),
  check('types'),
  check('types:grafana13'),
  jest('unit'),
  jest('unit:plugin'),
  jest('integration', '--runInBand'),
  jest('integration:plugin'),
  jest('test:faults', '--runInBand'),
  playwright('browser'),
  realGrafana(),
];
rmSync(scratch, { recursive: true, force: true });
const sum = (pick: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + pick(tally), 0);
const failed = sum((tally) => tally.failed);
console.log(`\n${sum((tally) => tally.passed)} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
