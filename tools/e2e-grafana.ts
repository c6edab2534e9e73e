// npm run e2e:grafana: the specs for a real Grafana, where GRAFANA_URL names one. Without it nothing is tried, and nothing counts as passed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

if (process.env.GRAFANA_URL) {
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/@playwright/test/cli.js'),
      'test',
      '-c',
      join(root, 'tests/browser/grafana/playwright.config.ts'),
      ...process.argv.slice(2),
    ],
    { cwd: root, stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
} else
  console.log(
    'Not run: the specs for a real Grafana need one. Set GRAFANA_URL (and HPA_WATCH_TOKEN), such as of `docker compose --profile demo up`; see docs/grafana.md.',
  );
