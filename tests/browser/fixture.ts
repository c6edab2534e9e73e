import { test as base, type Page } from '@playwright/test';
import { startDemoAgent, type DemoAgent } from '../rig/demo-agent.ts';
import { watchFaults, type Faults } from './faults.ts';
import { previewUrl, signIn, type View } from './sign-in.ts';

export { expect } from '@playwright/test';
export { APP } from './places.ts';

type Preview = Pick<DemoAgent, 'url' | 'openSession'>;
/** `preview`: who serves the page; the agent itself, unless a test says otherwise. */
type WorkerFixtures = { seed: number; agent: DemoAgent; preview: Preview };
type TestFixtures = {
  /** What this test expects to go wrong; anything else fails it. */
  faults: Faults;
  /** Opens a page of the preview, such as `${APP}/fleet`, by a browser that holds the session. */
  visit: (path: string, view?: View) => Promise<Page>;
};

/** A page on a demo agent of the worker's own. Every test fails on a console error, a refused call or a call to another host. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  seed: [1, { scope: 'worker', option: true }],
  agent: [
    async ({ seed }, use) => {
      const agent = await startDemoAgent({ seed });
      await use(agent);
      await agent.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  preview: [async ({ agent }, use) => use(agent), { scope: 'worker' }],
  faults: [
    async ({ page, preview }, use) => {
      const faults = watchFaults(page, new URL(preview.url).host);
      await use(faults);
      faults.check();
    },
    { auto: true },
  ],
  visit: async ({ page, context, preview }, use) => {
    await signIn(context, preview);
    await use(async (path, view = {}) => {
      await page.goto(previewUrl(preview.url, path, view));
      return page;
    });
  },
});
