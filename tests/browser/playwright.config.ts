import { defineConfig } from '@playwright/test';
import { CHROMIUM, VIEWPORT } from './launch.ts';

/** The production bundle in Debian's Chromium, on the page that the agent serves; see docs/preview.md. */
export default defineConfig({
  testDir: '.',
  // These need a Grafana: npm run e2e:grafana.
  testIgnore: 'grafana/**',
  outputDir: '../../node_modules/.cache/browser',
  timeout: 30_000,
  expect: { timeout: 10_000 },
  // Each worker runs an agent of its own.
  workers: 2,
  forbidOnly: true,
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: VIEWPORT,
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: CHROMIUM,
  },
});
