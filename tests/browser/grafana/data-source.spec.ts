import { expect, test } from '@grafana/plugin-e2e';
import { DATA_SOURCE, IS_QUERY, isOfAgent } from './provisioned.ts';

/** As Grafana reaches the agent: inside the composition by its name. */
const AGENT = process.env.HPA_WATCH_URL ?? 'http://agent:8085';
const TOKEN = process.env.HPA_WATCH_TOKEN ?? '';

test('Save & test says what it reached', async ({ createDataSourceConfigPage, page, selectors }) => {
  expect(TOKEN, 'HPA_WATCH_TOKEN is the token of the agent').not.toBe('');
  const config = await createDataSourceConfigPage({ type: DATA_SOURCE.type });
  await page.locator('#hpa-watch-url').fill(AGENT);
  await page.locator('#hpa-watch-token').fill(TOKEN);
  const { uid, id } = config.datasource;
  const path = `${selectors.apis.DataSource.proxy(uid, String(id))}/agent/api/v1/access`;
  expect((await config.saveAndTest({ path })).status()).toBe(200);
  await expect(config).toHaveAlert('success', { hasText: /HPA Watch .* answers/ });
});

test('Save & test says that the token is wrong, and what to do', async ({
  createDataSourceConfigPage,
  page,
  selectors,
}) => {
  const config = await createDataSourceConfigPage({ type: DATA_SOURCE.type });
  await page.locator('#hpa-watch-url').fill(AGENT);
  await page.locator('#hpa-watch-token').fill('not-the-token');
  const { uid, id } = config.datasource;
  const path = `${selectors.apis.DataSource.proxy(uid, String(id))}/agent/api/v1/access`;
  await config.saveAndTest({ path });
  await expect(config).toHaveAlert('error', { hasText: 'does not know the token' });
});

test('a query is edited, run and drawn', async ({ panelEditPage }) => {
  await panelEditPage.datasource.set(DATA_SOURCE.name);
  await panelEditPage.setVisualization('Table');
  const type = panelEditPage.getQueryEditorRow('A').getByRole('combobox', { name: 'Query' });
  await type.click();
  await panelEditPage.ctx.page.getByRole('option', { name: /^HPAs/ }).click();
  await panelEditPage.refreshPanel({ waitForResponsePredicateCallback: IS_QUERY });
  await expect(panelEditPage.panel.fieldNames).toContainText(['cluster', 'namespace', 'hpa']);
  await expect(panelEditPage.panel.getErrorIcon()).toHaveCount(0);
});

test('Explore draws a query', async ({ explorePage }) => {
  await explorePage.datasource.set(DATA_SOURCE.name);
  await explorePage.runQuery({ waitForResponsePredicateCallback: IS_QUERY });
  await expect(explorePage.timeSeriesPanel.locator).toBeVisible();
});

test('anomalies come as annotations', async ({ annotationEditPage }) => {
  await annotationEditPage.datasource.set(DATA_SOURCE.name);
  // Its own runQuery waits for /api/ds/query.
  const { page, selectors } = annotationEditPage.ctx;
  const answer = page.waitForResponse(IS_QUERY);
  await annotationEditPage.getByGrafanaSelector(selectors.components.Annotations.editor.testButton).click();
  expect((await answer).status()).toBe(200);
});

test('a variable takes its values from the agent', async ({ variableEditPage, page }) => {
  await variableEditPage.setVariableType('Query');
  const answer = page.waitForResponse(isOfAgent(/^\/grafana\/variable$/));
  await variableEditPage.datasource.set(DATA_SOURCE.name);
  await variableEditPage.runQuery();
  const values = (await (await answer).json()) as { __text: string }[];
  expect(values.length).toBeGreaterThan(0);
  await expect(variableEditPage).toDisplayPreviews(values.slice(0, 2).map(({ __text }) => __text));
});
