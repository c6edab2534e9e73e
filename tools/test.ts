// npm test: every check there is; ends in a line "N passed, N failed".
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'hpa-watch-test-'));

type Tally = { passed: number; failed: number };

/** Checks that go on at once, each row of them in its order; each either holds or does not and counts as one test. */
async function checks(...rows: string[][]): Promise<Tally> {
  const startedAt = Date.now();
  const outcomes = await Promise.all(
    rows.map(async (scripts) => {
      const held: boolean[] = [];
      for (const script of scripts) held.push(await check(script));
      return held;
    }),
  );
  took(startedAt);
  const failed = outcomes.flat().filter((held) => !held).length;
  return { passed: outcomes.flat().length - failed, failed };
}

async function check(script: string): Promise<boolean> {
  const run = promisify(execFile)('npm', ['run', '--silent', script], { cwd: root, maxBuffer: 1e8 });
  const { held, stdout, stderr } = await run.then(
    (said) => ({ held: true, ...said }),
    (error: { stdout: string; stderr: string }) => ({ held: false, stdout: error.stdout, stderr: error.stderr }),
  );
  console.log(`\n== npm run ${script}\n${stdout}${stderr}`.trimEnd());
  return held;
}

const took = (startedAt: number): void => console.log(`-- ${Math.round((Date.now() - startedAt) / 1_000)} s`);

type JestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numRuntimeErrorTestSuites: number;
};

/**
 * A runner that dies before it could report (Node 24 crashes in rare cases where vm modules and threads meet:
 * https://github.com/nodejs/node/issues/62393) is started anew, twice at most, and that is said; a test that fails never is.
 */
async function jest(script: string, ...args: string[]): Promise<Tally> {
  const once = () => jestOnce(script, args);
  return (await once()) ?? (await once()) ?? (await once()) ?? { passed: 0, failed: 1 };
}

/** null: the runner died. */
async function jestOnce(script: string, args: string[]): Promise<Tally | null> {
  const what = [script, ...args].join(' ');
  console.log(`\n== npm run ${what}`);
  const startedAt = Date.now();
  const report = join(mkdtempSync(join(scratch, 'jest-')), 'report.json');
  const run = spawn('npm', ['run', '--silent', script, '--', '--json', `--outputFile=${report}`, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [status, signal] = (await once(run, 'exit')) as [number | null, NodeJS.Signals | null];
  console.log(`-- ${what}`);
  took(startedAt);
  if (!existsSync(report)) {
    console.log(`the runner of ${what} died without a report (exit code ${status}, signal ${signal})`);
    return null;
  }
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  ) as JestReport;
  if (numPendingTests > 0) console.log(`${numPendingTests} skipped`);
  const broken = numFailedTests + numRuntimeErrorTestSuites;
  return { passed: numPassedTests, failed: broken > 0 || status === 0 ? broken : 1 };
}

type PlaywrightReport = { stats: { expected: number; unexpected: number; flaky: number; skipped: number } };

/** A test that passes only at the second try has failed. */
function playwright(script: string): Tally {
  console.log(`\n== npm run ${script}`);
  const startedAt = Date.now();
  const report = join(scratch, `${script.replaceAll(':', '-')}.json`);
  const run = spawnSync('npm', ['run', '--silent', script, '--', '--reporter=line,json'], {
    cwd: root,
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    stdio: 'inherit',
  });
  took(startedAt);
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

/** Integration tests that wait for minutes to pass more than they work: they run beside the others. */
const WAITING = ['agent-slots', 'original-plan', 'sharing', 'database-outage'].map(
  (name) => `tests/integration/${name}`,
);
const integration = async (): Promise<Tally[]> => [
  await checks(['build']),
  ...(await Promise.all([
    jest('integration', '--runInBand', ...WAITING),
    jest('integration', '--runInBand', ...WAITING.map((path) => `--testPathIgnorePatterns=${path}`)),
  ])),
];

const tallies = [
  await checks(['lint', 'format:check'], ['types', 'types:grafana13']),
  await jest('unit'),
  await jest('unit:plugin'),
  ...(await integration()),
  await jest('integration:plugin'),
  await jest('test:faults', '--runInBand'),
  playwright('browser'),
  realGrafana(),
];
rmSync(scratch, { recursive: true, force: true });
const sum = (pick: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + pick(tally), 0);
const failed = sum((tally) => tally.failed);
console.log(`\n${sum((tally) => tally.passed)} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
