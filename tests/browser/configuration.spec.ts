import { answering, holdBack, refuseToken, takeAgentDown } from './agent-answers.ts';
import { expectAccessible } from './axe.ts';
import { NO_CLUSTERS } from './empty-answers.ts';
import { expect, test } from './fixture.ts';
import type { Page } from '@playwright/test';

const PAGE = '/plugins/hpawatch-monitor-app';

const outcome = (page: Page, step: string) => page.locator(`[data-testid=configuration-step][data-step=${step}]`);

test.beforeEach(({ faults }) => {
  // The token for changes is tried by a body that the agent refuses.
  faults.expect('400');
});

for (const theme of ['dark', 'light'] as const)
  test(`all three steps have their tick, in ${theme}`, async ({ visit }) => {
    const page = await visit(PAGE, { theme });
    for (const step of ['reach', 'token', 'clusters'])
      await expect(outcome(page, step)).toHaveAttribute('data-outcome', 'good');
    await expect(outcome(page, 'clusters')).toContainText('4 of 4 clusters');
    await expectAccessible(page);
  });

test('an agent that is down is mended in the first step, and tried again', async ({ visit, page, faults }) => {
  faults.expect('502');
  await takeAgentDown(page);
  await visit(PAGE);
  await expect(outcome(page, 'reach')).toHaveAttribute('data-outcome', 'failed');
  await expect(outcome(page, 'reach')).toContainText('Start the agent');
  await expect(outcome(page, 'token')).toHaveAttribute('data-outcome', 'skipped');
  await page.unrouteAll();
  await page.getByTestId('configuration-test').click();
  await expect(outcome(page, 'clusters')).toHaveAttribute('data-outcome', 'good');
});

test('a wrong token is told in the second step', async ({ visit, page, faults }) => {
  faults.expect('400');
  await refuseToken(page);
  await visit(PAGE);
  await expect(outcome(page, 'reach')).toHaveAttribute('data-outcome', 'good');
  await expect(outcome(page, 'token')).toContainText('does not know the token');
  await expect(outcome(page, 'clusters')).toHaveAttribute('data-outcome', 'skipped');
});

test('an agent without clusters says where to add one', async ({ visit, page }) => {
  await answering(page, '/api/v1/clusters', (route) => route.fulfill({ json: NO_CLUSTERS }));
  await visit(PAGE);
  await expect(outcome(page, 'clusters')).toHaveAttribute('data-outcome', 'limited');
  await expect(outcome(page, 'clusters')).toContainText('page Enrol');
});

test('while it is tried each step says so', async ({ visit, page }) => {
  await holdBack(page);
  await visit(PAGE);
  await expect(outcome(page, 'reach')).toHaveAttribute('data-outcome', 'running');
});

test('the chosen data source is saved in the settings of the app', async ({ visit, page }) => {
  const saved: unknown[] = [];
  await page.route('**/api/plugins/hpawatch-monitor-app/settings', (route) => {
    saved.push(route.request().postDataJSON());
    return route.fulfill({ json: { message: 'Plugin settings updated' } });
  });
  await visit(PAGE);
  await page.getByTestId('configuration-save').click();
  await expect.poll(() => saved).toEqual([{ enabled: true, pinned: true, jsonData: { dataSourceUid: 'hpa-watch' } }]);
});
