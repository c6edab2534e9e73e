import { expect, test } from '@grafana/plugin-e2e';
import { TEST_IDS } from '../../../plugin/src/view/test-ids.ts';
import { DASHBOARDS, DATA_SOURCE, isOfAgent } from './provisioned.ts';

const PANELS = [
  { name: 'HPA Watch baseline', testId: TEST_IDS.panel.baseline, option: ['Baseline', 'Legend'] },
  { name: 'HPA Watch schedule', testId: TEST_IDS.panel.schedule, option: ['HPA Watch schedule', 'Compact'] },
  { name: 'HPA Watch enrolment', testId: TEST_IDS.panel.enrolment, option: ['HPA Watch enrolment', 'Clusters'] },
] as const;

for (const { name, testId, option } of PANELS)
  test(`${name} is chosen in the editor, draws, and has its options`, async ({ panelEditPage, page }) => {
    const answer = page.waitForResponse(isOfAgent());
    await panelEditPage.datasource.set(DATA_SOURCE.name);
    await panelEditPage.setVisualization(name);
    await expect(panelEditPage.getVisualizationName()).toHaveText(name);
    await answer;
    await expect(page.getByTestId(testId).first()).toBeVisible();
    await expect(page.getByTestId(TEST_IDS.panel.broken)).toHaveCount(0);
    const group = panelEditPage.getCustomOptions(option[0]);
    await group.expand();
    await expect(group.element).toContainText(option[1]);
  });

for (const { uid, panels } of DASHBOARDS)
  test(`the dashboard ${uid} is there, and its panels have no errors`, async ({ gotoDashboardPage, page }) => {
    const answer = page.waitForResponse(isOfAgent());
    const dashboard = await gotoDashboardPage({ uid });
    await answer;
    for (const title of panels) await expect(dashboard.getPanelByTitle(title).locator).toBeVisible();
    await expect(dashboard).not.toHavePanelErrors();
  });
