import { answering, holdBack, refuseToken, takeAgentDown } from './agent-answers.ts';
import { expectAccessible } from './axe.ts';
import { NO_CLUSTERS } from './empty-answers.ts';
import { APP, expect, test } from './fixture.ts';
import type { Page } from '@playwright/test';

const PAGE = `${APP}/enrol`;

const stateOf = (page: Page, hpa: string) =>
  page
    .getByRole('row')
    .filter({ has: page.locator(`[data-testid=enrol-row][data-hpa="${hpa}"]`) })
    .getByTestId('enrol-state');

for (const theme of ['dark', 'light'] as const)
  test(`clusters and what is found in one, in ${theme}`, async ({ visit }) => {
    const page = await visit(`${PAGE}?cluster=lab`, { theme });
    await expect(page.getByTestId('enrol-cluster')).toHaveCount(4);
    await expect(page.getByTestId('enrol-row')).toHaveCount(4);
    await expect(stateOf(page, 'tools/runner')).toContainText(/ready\s\d+\s%/);
    await expectAccessible(page);
  });

test('stop and enrol again: all of a namespace at once, from a progress bar to ready', async ({ visit }) => {
  const page = await visit(`${PAGE}?cluster=lab`, { role: 'Editor' });
  for (const name of ['tools/notebooks', 'tools/runner']) {
    await page.getByRole('button', { name: `Stop watching ${name}`, exact: true }).click();
    await page.getByText('Delete its history too').click();
    await page.getByRole('button', { name: 'Stop and delete' }).click();
    await expect(stateOf(page, name)).toHaveAttribute('data-state', 'found');
  }
  await page.getByRole('checkbox', { name: /all of tools/ }).check({ force: true });
  const submit = page.getByTestId('enrol-submit');
  await expect(submit).toHaveText('Enrol 2');
  await submit.click();
  await expect(page.getByTestId('enrol-progress').first()).toBeVisible();
  for (const name of ['tools/notebooks', 'tools/runner'])
    await expect(stateOf(page, name)).toContainText(/ready\s\d+\s%/, { timeout: 30_000 });
  await expect(submit).toBeDisabled();
});

test('stopping asks first, keeps the history and can be undone', async ({ visit }) => {
  const page = await visit(`${PAGE}?cluster=lab`, { role: 'Editor' });
  const stop = page.getByRole('button', { name: 'Stop watching iot/ingest', exact: true });
  await stop.click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(stateOf(page, 'iot/ingest')).toHaveAttribute('data-state', 'ready');
  await stop.click();
  await page.getByRole('button', { name: 'Stop watching', exact: true }).click();
  await expect(stateOf(page, 'iot/ingest')).toHaveAttribute('data-state', 'found');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(stateOf(page, 'iot/ingest')).toHaveAttribute('data-state', 'ready', { timeout: 30_000 });
});

test('the search narrows the list; what is chosen stands in the address', async ({ visit }) => {
  const page = await visit(PAGE);
  await page.getByTestId('enrol-cluster').filter({ hasText: 'prod-us' }).click();
  await expect(page).toHaveURL(/cluster=prod-us/);
  await page.getByTestId('enrol-search').fill('payments gateway');
  await expect(page.getByTestId('enrol-row')).toHaveText(['api-gateway']);
  await page.getByTestId('enrol-search').fill('nothing at all');
  await expect(page.getByRole('main')).toContainText('No HPA matches');
});

test('a viewer sees everything, is offered no change, and the route refuses one', async ({ visit, faults }) => {
  const page = await visit(`${PAGE}?cluster=lab`, { role: 'Viewer' });
  await expect(page.getByTestId('enrol-row')).toHaveCount(4);
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  await expect(page.getByTestId('enrol-submit')).toHaveCount(0);
  await expect(page.getByRole('button', { name: /Stop watching|Add a cluster|Remove cluster/ })).toHaveCount(0);
  faults.expect('403');
  const status = await page.evaluate(async () => {
    const url = '/preview/api/datasources/proxy/uid/hpa-watch/agent/api/v1/clusters';
    const headers = { 'content-type': 'application/json' };
    return (await fetch(url, { method: 'POST', headers, body: '{"name":"x"}' })).status;
  });
  expect(status).toBe(403);
});

test('an agent without clusters offers to add one', async ({ visit, page }) => {
  await answering(page, '/api/v1/clusters', (route) => route.fulfill({ json: NO_CLUSTERS }));
  await visit(PAGE, { role: 'Editor' });
  await expect(page.getByTestId('enrol-empty').getByRole('button', { name: 'Add a cluster' })).toBeVisible();
  await visit(PAGE, { role: 'Viewer' });
  await expect(page.getByTestId('enrol-empty')).toContainText('Ask an editor');
});

test('a cluster that does not answer is told apart from an agent that does not', async ({ visit, page, faults }) => {
  faults.expect('502');
  await page.route(/\/clusters\/lab\/hpas$/, (route) =>
    route.fulfill({
      status: 502,
      json: { status: 'error', code: 'kubectl/no-running-pod', message: 'The pod of the service is not running.' },
    }),
  );
  await visit(`${PAGE}?cluster=lab`);
  await expect(page.getByTestId('problem-notice')).toContainText('The cluster does not answer the agent');
  await expect(page.getByTestId('problem-notice')).toContainText('The pod of the service is not running.');
  // What is watched there is known without the cluster.
  await expect(page.getByTestId('enrol-row')).toHaveCount(4);
});

test('while it is read there is a skeleton; an agent that is down, and a wrong token, are told', async ({
  visit,
  page,
  faults,
}) => {
  await holdBack(page);
  await visit(PAGE);
  await expect(page.getByTestId('enrol-skeleton')).toBeVisible();
  await page.unrouteAll();
  faults.expect('502');
  await takeAgentDown(page);
  await visit(PAGE);
  await expect(page.getByTestId('problem-notice')).toContainText('Grafana does not reach the agent');
  await page.unrouteAll();
  faults.expect('400');
  await refuseToken(page);
  await visit(PAGE);
  await expect(page.getByTestId('problem-notice')).toContainText('does not know the token');
});
