import { answering, holdBack, refuseToken, takeAgentDown } from './agent-answers.ts';
import { expectAccessible } from './axe.ts';
import { NO_ANOMALIES } from './empty-answers.ts';
import { APP, expect, test } from './fixture.ts';

const PAGE = `${APP}/anomalies`;
const LIST = '/api/v1/monitoring/anomalies';

for (const theme of ['dark', 'light'] as const)
  test(`lanes and sentences tell what happened, in ${theme}`, async ({ visit }) => {
    const page = await visit(PAGE, { theme });
    await expect(page.getByTestId('anomalies-row').first()).toBeVisible();
    await expect(page.getByTestId('anomalies-lane').first()).toBeVisible();
    const severities = await page
      .getByTestId('anomalies-span')
      .evaluateAll((bars) => bars.map((bar) => (bar as HTMLElement).dataset.severity));
    expect(severities).toContain('critical');
    await expectAccessible(page);
  });

test('filters hold for lanes and list, and stand in the address', async ({ visit }) => {
  const page = await visit(`${PAGE}?severity=critical`);
  const badges = page.getByTestId('anomalies-list').getByTestId('severity');
  await expect(badges.first()).toHaveText('critical');
  expect(new Set(await badges.allInnerTexts())).toEqual(new Set(['critical']));
  await page.getByTestId('anomalies-search').fill('payments/ledger');
  await expect(page).toHaveURL(/q=payments/);
  for (const text of await page.getByTestId('anomalies-row').allInnerTexts()) expect(text).toContain('ledger');
  await page.getByTestId('anomalies-search').fill('no such thing');
  await expect(page.getByTestId('anomalies-empty')).toContainText('matches the filters');
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await expect(page.getByTestId('anomalies-row').first()).toBeVisible();
  expect(new URL(page.url()).search).toBe('');
});

test('several values of a filter are chosen by keyboard, and cleared', async ({ visit }) => {
  const page = await visit(PAGE);
  // The open menu hides what is behind it from those who hear the page.
  const filter = page.getByRole('button', { name: /^Severity:/, includeHidden: true });
  await filter.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitemcheckbox', { name: 'critical' })).toBeFocused();
  for (const key of ['Enter', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
  await expect(page.getByRole('menuitemcheckbox', { name: 'info' })).toBeChecked();
  await expect(filter).toHaveText(/critical, info/);
  await expect(page).toHaveURL(/severity=critical,info/);
  await expect(page.getByTestId('anomalies-list').getByTestId('severity').filter({ hasText: 'warning' })).toHaveCount(
    0,
  );
  await page.getByRole('menuitem', { name: 'Clear' }).click();
  await expect(filter).toHaveText(/Any severity/);
});

test('a bar opens its anomaly by keyboard; the address opens it again; Escape closes it', async ({ visit }) => {
  const page = await visit(PAGE);
  const bar = page.getByTestId('anomalies-span').first();
  await bar.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('anomaly-drawer')).toBeVisible();
  const id = (await bar.getAttribute('data-anomaly')) ?? '';
  await expect(page).toHaveURL(new RegExp(`anomaly=${encodeURIComponent(id)}`));
  await page.reload();
  await expect(page.getByTestId('anomaly-drawer')).toHaveAttribute('data-anomaly', id);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('anomaly-drawer')).toHaveCount(0);
  expect(new URL(page.url()).search).not.toContain('anomaly');
});

test('an acknowledged anomaly is marked in the list, and can be taken back', async ({ visit }) => {
  const page = await visit(PAGE, { role: 'Editor' });
  const row = page
    .getByRole('row')
    .filter({ has: page.getByTestId('anomalies-row') })
    .first();
  const sentence = row.getByTestId('anomalies-row');
  const id = (await sentence.getAttribute('data-anomaly')) ?? '';
  const same = page.getByRole('row').filter({ has: page.locator(`[data-testid=anomalies-row][data-anomaly="${id}"]`) });
  await sentence.click();
  await page.getByRole('button', { name: 'Acknowledge', exact: true }).click();
  await expect(same).toContainText('acknowledged');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(same).not.toContainText('acknowledged');
});

test('a viewer sees everything and is offered no change', async ({ visit }) => {
  const page = await visit(PAGE, { role: 'Viewer' });
  await page.getByTestId('anomalies-row').first().click();
  await expect(page.getByTestId('anomaly-drawer')).toBeVisible();
  await expect(page.getByTestId('anomaly-actions')).toHaveCount(0);
});

test('a time without anomalies says so', async ({ visit, page }) => {
  await answering(page, LIST, (route) => route.fulfill({ json: NO_ANOMALIES }));
  await visit(PAGE);
  await expect(page.getByTestId('anomalies-empty')).toContainText('Nothing departed from usual');
});

test('while they are read there is a skeleton', async ({ visit, page }) => {
  await holdBack(page);
  await visit(PAGE);
  await expect(page.getByTestId('anomalies-skeleton')).toBeVisible();
});

test('an agent that is down, and a wrong token, are told', async ({ visit, page, faults }) => {
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
