import { TEST_IDS } from '../../plugin/src/view/test-ids.ts';
import { comeBack, holdBack, refuseToken, takeAgentDown } from './agent-answers.ts';
import { APP, expect, test } from './fixture.ts';

/** Of the demo: one that is at its maximum at any hour, one that departs from what is usual, and one that is as usual. */
const MAXED_OUT = `${APP}/hpa/prod-eu/billing/worker`;
const DEPARTED = `${APP}/hpa/prod-eu/payments/ledger`;
const USUAL = `${APP}/hpa/prod-us/payments/api`;
const { hpa, drawer } = TEST_IDS;

test('four charts with what is usual, over one range, in dark and light', async ({ visit }) => {
  for (const theme of ['dark', 'light'] as const) {
    const page = await visit(MAXED_OUT, { theme });
    const charts = page.getByTestId(hpa.chart);
    await expect(charts).toHaveCount(4);
    for (const metric of ['cpu', 'memory', 'pressure', 'replicas']) {
      const chart = page.locator(`[data-testid="${hpa.chart}"][data-metric="${metric}"]`);
      const root = chart.getByTestId(TEST_IDS.bandChart.root);
      await expect(root).toHaveAttribute('data-points', /^[1-9]\d+$/);
      await expect(root).toHaveAttribute('data-band', /^[1-9]\d+$/);
      await expect(chart.locator('canvas').first()).toBeVisible();
    }
    await expect(page.getByTestId(hpa.sentence)).toContainText(/at its maximum of \d+ replicas/);
  }
});

test('the cursor of one chart stands in all of them', async ({ visit }) => {
  const page = await visit(USUAL);
  const plots = page.getByTestId(hpa.chart).locator('.u-over');
  await expect(plots).toHaveCount(4);
  await plots.first().hover({ position: { x: 200, y: 60 } });
  const cursors = page.getByTestId(hpa.chart).locator('.u-cursor-x');
  const places = () =>
    cursors.evaluateAll((all) => all.map((one) => new DOMMatrix(getComputedStyle(one).transform).e > 0));
  await expect.poll(places).toEqual([true, true, true, true]);
});

test('a range and a tab live in the address', async ({ visit }) => {
  const page = await visit(`${USUAL}?from=now-1h&to=now`);
  await expect(page.getByRole('button', { name: /Time range selected: Last 1 hour/ })).toBeVisible();
  await page.getByRole('tab', { name: 'Baseline' }).click();
  await expect(page).toHaveURL(/tab=baseline/);
  await expect(page).toHaveURL(/from=now-1h/);
  await page.goBack();
  await expect(page.getByTestId(hpa.now)).toBeVisible();
});

test('an anomaly opens in place, is acknowledged and taken back', async ({ visit }) => {
  const page = await visit(DEPARTED);
  await page.locator(`[data-metric="replicas"]`).getByTestId(TEST_IDS.bandChart.marker).last().click();
  await expect(page).toHaveURL(/anomaly=/);
  const root = page.getByTestId(drawer.root);
  await expect(root).toContainText('What changed');
  await expect(root.getByTestId(drawer.promql)).not.toBeEmpty();
  await root.getByRole('button', { name: 'Acknowledge', exact: true }).click();
  await expect(root.getByTestId(TEST_IDS.action)).toContainText('Acknowledged');
  await expect(root.getByRole('button', { name: 'Take acknowledgement back' })).toBeVisible();
  await root.getByRole('button', { name: 'Undo' }).click();
  await expect(root.getByRole('button', { name: 'Acknowledge', exact: true })).toBeVisible();
});

test('an anomaly is left out of the baseline and used again', async ({ visit }) => {
  const page = await visit(`${DEPARTED}?tab=history`);
  await page.getByTestId(hpa.history).getByRole('button').first().click();
  const root = page.getByTestId(drawer.root);
  await root.getByRole('button', { name: 'Leave out of the baseline' }).click();
  await expect(root.getByTestId(TEST_IDS.action)).toContainText('Left out of the baseline');
  await root.getByRole('button', { name: 'Undo' }).click();
  await expect(root.getByRole('button', { name: 'Leave out of the baseline' })).toBeEnabled();
});

test('mute and pause say what they did and are taken back', async ({ visit }) => {
  const page = await visit(USUAL);
  const actions = page.getByTestId(hpa.actions);
  await actions.getByRole('button', { name: 'Mute' }).click();
  await page.getByRole('menuitem', { name: '4 hours' }).click();
  await expect(actions).toContainText('Muted until');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(actions).not.toContainText('Muted until');
  await actions.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByTestId(hpa.sentence)).toContainText('Paused');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByTestId(hpa.sentence)).toContainText('All is as usual');
});

test('the day as usual, what it is made of, and a new normal that is taken back', async ({ visit }) => {
  const page = await visit(`${USUAL}?tab=baseline`);
  const tab = page.getByTestId(hpa.baseline);
  await expect(tab).toContainText('Learned from');
  await expect(tab.getByTestId(TEST_IDS.bandChart.root).first()).toHaveAttribute('data-band', /^[1-9]\d+$/);
  await tab.getByRole('button', { name: 'This is the new normal' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'This is the new normal' }).click();
  await expect(tab).toContainText(/since \d{4}-\d\d-\d\d/);
  await tab.getByRole('button', { name: 'Take the new normal back' }).click();
  await expect(tab.getByRole('button', { name: 'This is the new normal' })).toBeVisible();
});

test('a Viewer is offered nothing that changes anything, and the route refuses it', async ({ visit, faults }) => {
  faults.expect('403 PATCH');
  const page = await visit(`${DEPARTED}?tab=history`, { role: 'Viewer' });
  await expect(page.getByTestId(hpa.sentence)).toBeVisible();
  await expect(page.getByTestId(hpa.actions)).toHaveCount(0);
  await page.getByTestId(hpa.history).getByRole('button').first().click();
  await expect(page.getByTestId(drawer.sentence)).toBeVisible();
  await expect(page.getByTestId(drawer.actions)).toHaveCount(0);
  const asked = page.waitForRequest(/\/agent\/api\/v1\/monitoring\/hpas\/prod-eu\/payments\/ledger$/);
  await page.reload();
  const url = (await asked).url();
  const status = await page.evaluate(
    async (path) =>
      (
        await fetch(path, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ monitoring_active: false }),
        })
      ).status,
    url,
  );
  expect(status).toBe(403);
});

test('an HPA that nobody watches is told of', async ({ visit, page, faults }) => {
  faults.expect('404 GET');
  await visit(`${APP}/hpa/prod-eu/payments/nobody`);
  await expect(page.getByTestId(TEST_IDS.problem).first()).toContainText('The agent does not know this');
});

test('while it reads, there is a skeleton', async ({ visit, page }) => {
  await holdBack(page);
  await visit(USUAL);
  await expect(page.getByTestId(hpa.skeleton)).toBeVisible();
});

test('an agent that is down is told of, and the next try shows the HPA', async ({ visit, page, faults }) => {
  faults.expect('502 GET');
  await takeAgentDown(page);
  await visit(USUAL);
  const notice = page.getByTestId(TEST_IDS.problem).first();
  await expect(notice).toContainText('Grafana does not reach the agent');
  await comeBack(page);
  await notice.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId(hpa.chart)).toHaveCount(4);
});

test('a wrong token is told of', async ({ visit, page, faults }) => {
  faults.expect('400 GET');
  await refuseToken(page);
  await visit(USUAL);
  await expect(page.getByTestId(TEST_IDS.problem).first()).toContainText('does not know the token');
});
