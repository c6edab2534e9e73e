import { APP, expect, test } from './fixture.ts';
import { placesWith } from './places.ts';

for (const theme of ['dark', 'light'] as const)
  test.describe(`in ${theme}`, () => {
    for (const { name, path, title, fault, shows } of placesWith('prod-eu/payments/api'))
      test(`${name} opens`, async ({ visit, faults }) => {
        if (fault !== undefined) faults.expect(fault);
        const page = await visit(path, { theme });
        await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
        await expect(page.locator('html')).toHaveAttribute('lang', 'en-US');
        await expect(page.getByRole('main').locator(shows).first()).toBeVisible();
        await expect(page.getByTestId('problem-notice')).toHaveCount(0);
        await expect(page.getByText('An unexpected error happened')).toHaveCount(0);
        // Every variable has been replaced, in texts and in links.
        await expect(page.getByRole('main')).not.toContainText('${');
        await expect(page.locator('main a[href*="${"]')).toHaveCount(0);
      });
  });

test('the printed link opens the page in a browser, once', async ({ page, agent, browser, faults }) => {
  const link = agent.link();
  await page.goto(link);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Fleet');
  expect(new URL(page.url()).search).not.toContain('key');

  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(link);
  await expect(stranger.getByRole('alert')).toContainText('This link was used already');
  await stranger.goto(`${agent.url}/preview${APP}/fleet`);
  await expect(stranger.getByRole('alert')).toContainText('Open this page by the link');
  await stranger.context().close();
  faults.check();
});

test('a link in a table of a dashboard leads to the HPA of its row', async ({ visit }) => {
  const page = await visit('/d/hpawatch-fleet');
  const row = page.getByRole('region', { name: 'HPAs', exact: true }).getByRole('row').nth(3);
  const link = row.getByTitle('Open the HPA');
  await expect(link).toBeVisible();
  const [, hpa, namespace, cluster] = await row.getByRole('cell').allInnerTexts();
  await link.click();
  await expect(page).toHaveURL(new RegExp(`${APP}/hpa/${cluster}/${namespace}/${hpa}$`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${namespace}/${hpa}`);
  await expect(page.getByRole('main').locator('canvas').first()).toBeVisible();
});

test('a dashboard names the cluster of each bar, and its table is sorted as it says', async ({ visit }) => {
  const page = await visit('/d/hpawatch-agent');
  const bars = page.getByRole('region', { name: 'How long the last scans took' }).first();
  for (const cluster of ['prod-eu', 'prod-us', 'stage', 'lab']) await expect(bars).toContainText(cluster);
  await expect(bars).not.toContainText('No data');
  await visit('/d/hpawatch-fleet');
  const firing = page.getByRole('region', { name: 'HPAs', exact: true }).getByRole('row');
  await expect(firing.nth(1)).toBeVisible();
  const counts = await firing.evaluateAll((rows) =>
    rows.flatMap((row) => row.querySelectorAll('[role=cell]')[5]?.textContent ?? []).map(Number),
  );
  expect(counts[0]).toBeGreaterThan(0);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
});

test('navigation goes through the pages and back, without loading anew', async ({ visit }) => {
  const page = await visit(`${APP}/fleet`);
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText('Fleet');
  await page.evaluate(() => void ((window as { stillHere?: boolean }).stillHere = true));
  for (const name of ['Anomalies', 'Schedule', 'Enrol']) {
    await page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name }).click();
    await expect(heading).toHaveText(name);
  }
  await page.goBack();
  await expect(heading).toHaveText('Schedule');
  expect(await page.evaluate(() => (window as { stillHere?: boolean }).stillHere)).toBe(true);
});

test('the switches change theme, language and role', async ({ visit }) => {
  const page = await visit(`${APP}/fleet`);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Fleet');
  const dark = await background();
  await page.getByRole('radio', { name: 'Light' }).click();
  await expect.poll(background).not.toBe(dark);
  await page.getByRole('radio', { name: 'PT' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'pt-BR');
  const nav = page.getByRole('navigation', { name: 'Navigation' });
  await expect(nav.getByRole('link', { name: 'Configuration' })).toHaveCount(1);
  await page.getByRole('radio', { name: 'Viewer' }).click();
  await expect(nav.getByRole('link', { name: 'Fleet' })).toHaveCount(1);
  await expect(nav.getByRole('link', { name: 'Configuration' })).toHaveCount(0);
});
