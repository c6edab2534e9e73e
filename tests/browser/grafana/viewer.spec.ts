import { expect, test } from '@grafana/plugin-e2e';
import { TEST_IDS } from '../../../plugin/src/view/test-ids.ts';
import { APP_ID, DATA_SOURCE } from './provisioned.ts';

test('a viewer is offered nothing that changes something', async ({ gotoAppPage, page }) => {
  await gotoAppPage({ pluginId: APP_ID, path: '/enrol' });
  await expect(page.getByTestId(TEST_IDS.enrol.page)).toBeVisible();
  await expect(page.getByTestId(TEST_IDS.enrol.cluster).first()).toBeVisible();
  await expect(page.getByRole('button', { name: /Stop watching|Add a cluster|Remove cluster/ })).toHaveCount(0);
  await expect(page.getByTestId(TEST_IDS.enrol.submit)).toHaveCount(0);
});

test('Grafana refuses what a viewer may not ask for', async ({ request }) => {
  const path = `/api/datasources/proxy/uid/${DATA_SOURCE.uid}/agent/api/v1`;
  expect((await request.get(`${path}/access`)).status()).toBe(200);
  const answer = await request.post(`${path}/clusters`, { data: { name: 'not-made' } });
  expect(answer.status()).toBe(403);
});
