import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Spec = { tests: { annotations: { type: string; description?: string }[]; status: string }[] };
type Suite = { specs: Spec[]; suites?: Suite[] };

/** The fleet page with 1,000 HPAs, measured in Chromium by the browser test that also holds its limits (first paint 1.5 s, tasks 100 ms). */
export async function bench(): Promise<object[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'hpa-watch-page-bench-'));
  const report = join(scratch, 'report.json');
  try {
    const { status } = spawnSync('npm', ['run', '--silent', 'browser', '--', 'big-fleet.spec', '--reporter=json'], {
      cwd: join(import.meta.dirname, '..', '..'),
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const { suites } = JSON.parse(readFileSync(report, 'utf8')) as { suites: Suite[] };
    const figures = suites.flatMap(figuresOf);
    return figures.map((row) => ({ what: 'fleet of 1,000 HPAs', ...row, holds: status === 0 }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const figuresOf = ({ specs, suites }: Suite): object[] => [
  ...specs
    .flatMap(({ tests }) => tests.flatMap(({ annotations }) => annotations))
    .filter(({ type, description }) => type === 'bench' && description !== undefined)
    .map(({ description }) => JSON.parse(description ?? '{}') as object),
  ...(suites ?? []).flatMap(figuresOf),
];
