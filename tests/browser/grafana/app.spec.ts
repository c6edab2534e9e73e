import { expect, test } from '@grafana/plugin-e2e';
import { TEST_IDS } from '../../../plugin/src/view/test-ids.ts';
import { APP_ID } from './provisioned.ts';

for (const [path, testId] of [
  ['fleet', TEST_IDS.fleet.page],
  ['anomalies', TEST_IDS.anomalies.page],
  ['schedule', TEST_IDS.schedule.page],
  ['enrol', TEST_IDS.enrol.page],
] as const)
  test(`the page ${path} opens with what the agent knows`, async ({ gotoAppPage, page }) => {
    await gotoAppPage({ pluginId: APP_ID, path: `/${path}` });
    await expect(page.getByTestId(testId)).toBeVisible();
    await expect(page.getByTestId(TEST_IDS.problem)).toHaveCount(0);
    await expect(page.getByTestId(TEST_IDS.boundary)).toHaveCount(0);
  });

test('from the fleet to an HPA', async ({ gotoAppPage, page }) => {
  await gotoAppPage({ pluginId: APP_ID, path: '/fleet' });
  const first = page.getByTestId(TEST_IDS.fleet.row).first().getByRole('link');
  const name = await first.innerText();
  await first.click();
  await expect(page.getByTestId(TEST_IDS.hpa.page)).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await expect(page.getByTestId(TEST_IDS.hpa.chart).first()).toBeVisible();
});

test('the configuration says that Grafana reaches the agent', async ({ gotoAppConfigPage, page }) => {
  await gotoAppConfigPage({ pluginId: APP_ID });
  await page.getByRole('tab', { name: 'Connection' }).click();
  const steps = page.getByTestId(TEST_IDS.configuration.step);
  await expect(steps).toHaveCount(3);
  for (const name of ['reach', 'token'])
    await expect(page.locator(`[data-testid=${TEST_IDS.configuration.step}][data-step=${name}]`)).toHaveAttribute(
      'data-outcome',
      'good',
    );
});
