// npm run screenshots: every page of the app, its dashboards and panels, dark and light, into docs/img; the app's own pages also into the
// plugin's catalogue folder. The fleet of seed 1 at the hour it is run.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import type { AnomalyListAnswer } from '../../agent/src/contract/api.ts';
import { startDemoAgent, type DemoAgent } from '../rig/demo-agent.ts';
import { CHROMIUM, VIEWPORT } from './launch.ts';
import { placesWith, type Place } from './places.ts';
import { previewUrl, signIn } from './sign-in.ts';

const root = join(import.meta.dirname, '../..');
const DOCS = join(root, 'docs/img');
const CATALOGUE = join(root, 'plugin/src/img/screenshots');
/** Charts draw themselves after their data has come. */
const DRAWN_MS = 1_500;

/** One HPA in trouble: that page shows the most. */
async function worstHpa({ url, token }: DemoAgent): Promise<string> {
  const answer = await fetch(`${url}/api/v1/monitoring/anomalies?state=firing&severity=critical&limit=1`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { anomalies } = (await answer.json()) as AnomalyListAnswer;
  const worst = anomalies[0];
  return worst ? `${worst.cluster}/${worst.namespace}/${worst.hpa}` : 'prod-eu/payments/api';
}

async function settled(page: Page, { title, shows }: Place): Promise<void> {
  await page.getByRole('heading', { level: 1 }).filter({ hasText: title }).waitFor();
  await page.getByRole('main').locator(shows).first().waitFor();
  await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForTimeout(DRAWN_MS);
}

const agent = await startDemoAgent({ seed: 1 });
const browser = await chromium.launch(CHROMIUM);
try {
  const context = await browser.newContext({ viewport: VIEWPORT, locale: 'en-US', timezoneId: 'UTC' });
  await signIn(context, agent);
  const page = await context.newPage();
  for (const folder of [DOCS, CATALOGUE]) mkdirSync(folder, { recursive: true });
  for (const place of placesWith(await worstHpa(agent)))
    for (const theme of ['dark', 'light'] as const) {
      await page.goto(previewUrl(agent.url, place.path, { theme, lang: 'en-US', role: 'Admin' }));
      await settled(page, place);
      const file = `${place.name}-${theme}.png`;
      await page.screenshot({ path: join(DOCS, file), animations: 'disabled' });
      if (place.isPage) copyFileSync(join(DOCS, file), join(CATALOGUE, file));
      console.log(file);
    }
} finally {
  await browser.close();
  await agent.stop();
}
