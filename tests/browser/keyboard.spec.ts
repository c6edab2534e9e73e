import type { Page } from '@playwright/test';
import { TEST_IDS } from '../../plugin/src/view/test-ids.ts';
import { holdBack } from './agent-answers.ts';
import { APP, expect, test } from './fixture.ts';
import { placesWith } from './places.ts';
import { settled } from './settled.ts';
import { tabThrough } from './tab-order.ts';

const PLACES = placesWith('prod-eu/payments/api');
const ENROL = `${APP}/enrol?cluster=lab`;
const ANOMALIES = `${APP}/anomalies`;

// A picture of the page for each of a hundred stops takes most of the time; what is found names the controls.
test.use({ trace: { mode: 'retain-on-failure', snapshots: false, screenshots: false } });

test.describe('by keys alone every control is reached, and shows that it is', () => {
  for (const place of PLACES)
    test(place.name, async ({ visit, faults }) => {
      // A walk over a hundred stops is not to be quick.
      test.slow();
      if (place.fault) faults.expect(place.fault);
      const page = await visit(place.path, { role: 'Admin' });
      await settled(page, place);
      // What comes anew while it is walked through would be walked past.
      await holdBack(page);
      const { unreached, unseen, reached } = await tabThrough(page, 'main');
      expect(unreached).toEqual([]);
      expect(unseen).toEqual([]);
      expect(reached).toBeGreaterThan(0);
    });
});

test.describe('what opens closes by Escape and gives the focus back', () => {
  const opened = [
    ['an anomaly', ANOMALIES, (page: Page) => page.getByTestId(TEST_IDS.anomalies.row).first()],
    ['adding a cluster', ENROL, (page: Page) => page.getByRole('button', { name: 'Add a cluster' })],
    ['stopping', ENROL, (page: Page) => page.getByRole('button', { name: 'Stop watching tools/runner', exact: true })],
  ] as const;
  for (const [name, path, opener] of opened)
    test(name, async ({ visit }) => {
      const page = await visit(path, { role: 'Editor' });
      const button = opener(page);
      await button.focus();
      await page.keyboard.press('Enter');
      // Grafana's drawer is a dialog in a dialog.
      const dialog = page.getByRole('dialog').last();
      await expect(dialog).toBeVisible();
      const holdsFocus = (): Promise<boolean> => dialog.evaluate((one) => one.contains(document.activeElement));
      for (let step = 0; step < 20; step++) {
        await page.keyboard.press('Tab');
        expect(await holdsFocus(), `after ${step + 1} times Tab`).toBe(true);
      }
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await expect(button).toBeFocused();
    });
});
