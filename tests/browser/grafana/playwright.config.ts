import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import type { PluginOptions } from '@grafana/plugin-e2e';
import { CHROMIUM, VIEWPORT } from '../launch.ts';

/** Where Grafana's own sign-in lies, which keeps who is signed in for the specs that follow; see docs/grafana.md. */
const AUTH = join(import.meta.dirname, '../../../node_modules/@grafana/plugin-e2e/dist/auth');
const signedIn = (user: string): string => join(process.cwd(), `playwright/.auth/${user}.json`);
const admin = process.env.GRAFANA_ADMIN_USER ?? 'admin';
const viewer = { user: 'hpa-watch-e2e-viewer', password: 'hpa-watch-e2e', role: 'Viewer' } as const;

/** A real Grafana at GRAFANA_URL, with the app, its data source and its dashboards provisioned: `npm run e2e:grafana`. */
export default defineConfig<PluginOptions>({
  testDir: '.',
  outputDir: '../../../node_modules/.cache/grafana-e2e',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 1,
  forbidOnly: true,
  reporter: [['list']],
  use: {
    baseURL: process.env.GRAFANA_URL ?? '',
    viewport: VIEWPORT,
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: CHROMIUM,
    provisioningRootDir: join(import.meta.dirname, '../../../provisioning'),
  },
  projects: [
    { name: 'sign in as admin', testDir: AUTH, testMatch: 'auth.setup.js' },
    { name: 'sign in as viewer', testDir: AUTH, testMatch: 'auth.setup.js', use: { user: viewer } },
    {
      name: 'admin',
      testIgnore: 'viewer.spec.ts',
      use: { storageState: signedIn(admin) },
      dependencies: ['sign in as admin'],
    },
    {
      name: 'viewer',
      testMatch: 'viewer.spec.ts',
      use: { user: viewer, storageState: signedIn(viewer.user) },
      dependencies: ['sign in as viewer'],
    },
  ],
});
