import type { HpaListAnswer, SummaryAnswer } from '@hpa-watch/agent/contract';
import { TEST_IDS } from '../../plugin/src/view/test-ids.ts';
import { answering, changing, comeBack, holdBack, refuseToken, takeAgentDown } from './agent-answers.ts';
import { APP, expect, test } from './fixture.ts';

const FLEET = `${APP}/fleet`;
const { fleet } = TEST_IDS;

test('what needs a person stands first, and leads to its HPA, opened at the anomaly', async ({ visit }) => {
  const page = await visit(FLEET);
  const first = page.getByTestId(fleet.attention).getByRole('listitem').first();
  await expect(first).toContainText('critical');
  const about = await first.getByRole('link').innerText();
  await first.getByRole('link').click();
  await expect(page).toHaveURL(/\/hpa\/[^?]+\?.*anomaly=/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(about);
  await expect(page.getByTestId(TEST_IDS.drawer.root)).toBeVisible();
});

test('every HPA is a row with its replicas, its CPU and a small chart', async ({ visit }) => {
  const page = await visit(FLEET);
  const table = page.getByRole('table', { name: 'All HPAs' });
  await expect(table).toHaveAttribute('aria-rowcount', '25');
  const row = table.getByRole('row').nth(1);
  await expect(row).toContainText(/\d+\/\d+/);
  await expect(row.getByTestId(fleet.sparkline)).toHaveAttribute('data-known', 'true');
});

test('a heading sorts, and the address says so', async ({ visit }) => {
  const page = await visit(`${FLEET}?sort=cluster`);
  const heading = page.getByRole('columnheader', { name: 'HPA' });
  const names = () => page.getByTestId(fleet.row).getByRole('link').allInnerTexts();
  await heading.getByRole('button').click();
  await expect(heading).toHaveAttribute('aria-sort', 'ascending');
  await expect(page).toHaveURL(/sort=hpa/);
  const up = await names();
  expect(up.slice(0, 3)).toEqual([...up.slice(0, 3)].sort());
  await heading.getByRole('button').click();
  await expect(heading).toHaveAttribute('aria-sort', 'descending');
  await expect.poll(async () => (await names())[0]).not.toBe(up[0]);
});

test('filters and search live in the address and can be cleared', async ({ visit }) => {
  const page = await visit(`${FLEET}?cluster=lab`);
  const table = page.getByTestId(fleet.table);
  await expect(table).toHaveAttribute('data-rows', '4');
  await page.getByTestId(fleet.search).fill('grafana');
  await expect(table).toHaveAttribute('data-rows', '1');
  await expect(page).toHaveURL(/q=grafana/);
  await page.getByTestId(fleet.search).fill('no such name');
  await page.getByTestId(fleet.noMatch).getByRole('button').click();
  await expect(table).toHaveAttribute('data-rows', '24');
});

test('a row is reached and opened by keys alone', async ({ visit }) => {
  const page = await visit(`${FLEET}?cluster=lab&sort=hpa`);
  const link = page.getByTestId(fleet.row).getByRole('link').first();
  await page.getByRole('columnheader', { name: 'Scanned' }).getByRole('button').focus();
  await page.keyboard.press('Tab');
  await expect(link).toBeFocused();
  const name = await link.innerText();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
});

test('a healthy fleet says so in one line', async ({ visit, page }) => {
  await changing<SummaryAnswer>(page, '/api/v1/monitoring/summary', (summary) => ({
    ...summary,
    worst: [],
    firing: { critical: 0, warning: 0, info: 0 },
    needs_look: { total: 0, worst: [] },
  }));
  await changing<HpaListAnswer>(page, '/api/v1/monitoring/hpas', (list) => ({
    ...list,
    hpas: list.hpas.map((hpa) => ({ ...hpa, anomalies: { firing: 0, worst: null }, worst_anomaly: null })),
  }));
  await visit(FLEET);
  await expect(page.getByTestId(fleet.healthy)).toContainText('24 HPAs in 4 clusters, all within their baseline');
  await expect(page.getByTestId(fleet.attention)).toHaveCount(0);
});

test('what happened to the agent itself stands above its HPAs', async ({ visit, page }) => {
  const message = 'The database was damaged and a new one was begun. The damaged one is kept as <b>here</b>.';
  await changing<SummaryAnswer>(page, '/api/v1/monitoring/summary', (summary) => ({
    ...summary,
    notices: [{ code: 'database/rebuilt', since: summary.at, message }],
  }));
  await visit(FLEET);
  await expect(page.getByTestId(fleet.notice)).toContainText('The agent began a new database');
  await expect(page.getByTestId(fleet.notice)).toContainText(message);
  await expect(page.getByTestId(fleet.row).first()).toBeVisible();
});

for (const [role, offers] of [
  ['Editor', 1],
  ['Viewer', 0],
] as const)
  test(`without an HPA a ${role} is told what to do next`, async ({ visit, page }) => {
    await changing<HpaListAnswer>(page, '/api/v1/monitoring/hpas', (list) => ({ ...list, hpas: [], total: 0 }));
    await visit(FLEET, { role });
    const empty = page.getByTestId(fleet.empty);
    await expect(empty).toContainText('No HPA is watched yet');
    await expect(empty.getByRole('link', { name: 'Enrol HPAs' })).toHaveCount(offers);
  });

test('while it reads, there is a skeleton', async ({ visit, page }) => {
  await holdBack(page);
  await visit(FLEET);
  await expect(page.getByTestId(fleet.skeleton)).toBeVisible();
  await expect(page.getByTestId(TEST_IDS.problem)).toHaveCount(0);
});

test('an agent that is down is told of, and the next try shows the fleet', async ({ visit, page, faults }) => {
  faults.expect('502 GET');
  await takeAgentDown(page);
  await visit(FLEET);
  const notice = page.getByTestId(TEST_IDS.problem);
  await expect(notice).toContainText('Grafana does not reach the agent');
  await expect(page.getByTestId(fleet.skeleton)).toHaveCount(0);
  await comeBack(page);
  await notice.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId(fleet.row).first()).toBeVisible();
  await expect(notice).toHaveCount(0);
});

test('an agent that goes down leaves what was known, marked as stale', async ({ visit, page, faults }) => {
  faults.expect('502 GET');
  await visit(`${FLEET}?refresh=5s`);
  await expect(page.getByTestId(fleet.row).first()).toBeVisible();
  await takeAgentDown(page);
  await expect(page.getByTestId(TEST_IDS.problem)).toContainText('shown is what was known at');
  await expect(page.getByTestId(fleet.row).first()).toBeVisible();
});

test('a wrong token is told of, with the way to the settings', async ({ visit, page, faults }) => {
  faults.expect('400 GET');
  await refuseToken(page);
  await visit(FLEET);
  const notice = page.getByTestId(TEST_IDS.problem);
  await expect(notice).toContainText('does not know the token');
  await expect(notice.getByRole('link', { name: 'Data source settings' })).toHaveAttribute(
    'href',
    /\/connections\/datasources\/edit\//,
  );
});

test('a failed call for small charts leaves the rows', async ({ visit, page, faults }) => {
  faults.expect('500 GET /api/v1/monitoring/sparklines');
  await answering(page, '/api/v1/monitoring/sparklines', (route) => route.fulfill({ status: 500, json: {} }));
  await visit(FLEET);
  await expect(page.getByTestId(fleet.row).first()).toBeVisible();
  await expect(page.getByTestId(TEST_IDS.problem)).toHaveCount(0);
});
