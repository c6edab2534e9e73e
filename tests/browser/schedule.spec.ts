import type { StatusAnswer, TimeslotsAnswer } from '../../agent/src/contract/api.ts';
import { answering, changing, comeBack, holdBack, refuseToken, takeAgentDown } from './agent-answers.ts';
import { expectAccessible } from './axe.ts';
import { IDLE } from './empty-answers.ts';
import { APP, expect, test } from './fixture.ts';

const PAGE = `${APP}/schedule`;
const TIMESLOTS = '/api/v1/monitoring/timeslots';

for (const theme of ['dark', 'light'] as const)
  test(`every cluster stands in its turn, in ${theme}`, async ({ visit }) => {
    const page = await visit(PAGE, { theme });
    const cells = page.getByTestId('schedule-cell');
    await expect(cells).toHaveCount(4);
    await expect(cells.first()).toContainText(/up\s\d+/);
    await expect(cells.first()).toContainText(/scanned .* ago in/);
    await expect(page.getByTestId('schedule-turn').filter({ hasText: /now,\s\d+\ss left/ })).toHaveCount(1);
    await expectAccessible(page);
  });

test('agents that share a database stand below their clusters; a lone one needs no table', async ({ visit, page }) => {
  await visit(PAGE);
  await expect(page.getByTestId('schedule-clusters')).toBeVisible();
  await expect(page.getByTestId('schedule-agents')).toHaveCount(0);
  await changing<StatusAnswer>(page, '/api/v1/monitoring/status', (real) => {
    const [one] = real.agents;
    if (one === undefined) throw new Error('the status names no agent');
    return { ...real, agents: [one, { ...one, id: 'other', name: 'hpa-watch-1', state: 'lost', clusters: [] }] };
  });
  await visit(PAGE);
  const rows = page.getByTestId('schedule-agents').locator('tbody tr');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('prod-eu');
  await expect(rows.last()).toContainText('hpa-watch-1');
  await expect(rows.last()).toContainText('lost, others took over');
  await expectAccessible(page);
});

const lineAt = (left: { x: number } | null): number => left?.x ?? Number.NaN;

test('now moves over the cycle, whose turn it is with it', async ({ visit }) => {
  const page = await visit(PAGE);
  const line = page.getByTestId('schedule-now');
  const first = lineAt(await line.boundingBox());
  await expect.poll(async () => Math.abs(lineAt(await line.boundingBox()) - first)).toBeGreaterThan(20);
  const active = page.locator('[data-testid=schedule-cell][data-active=true]');
  const before = await active.first().getAttribute('data-cluster');
  await expect(active.first()).not.toHaveAttribute('data-cluster', before ?? '', { timeout: 15_000 });
});

test('who wants less motion sees the line step', async ({ visit, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await visit(PAGE);
  const line = page.getByTestId('schedule-now');
  await expect(line).toHaveAttribute('style', /translateX/);
  expect(await line.evaluate((element) => element.getAnimations().length)).toBe(0);
});

test('a cycle that is too long says what to set; a broken forward says why', async ({ visit, page }) => {
  const error = { code: 'kubectl/no-running-pod', message: 'The pod of the service is not running.' };
  await changing<TimeslotsAnswer>(page, TIMESLOTS, (real) => ({
    ...real,
    configuration: { ...real.configuration, cadence_exceeded: true, cycle_duration: '1m15s' },
    clusters: real.clusters.map((one) => {
      if (one.cluster !== 'prod-eu' || one.forward === null) return one;
      return { ...one, forward: { ...one.forward, status: 'waiting', restarts: 3, last_error: error, retry_at: null } };
    }),
  }));
  await visit(PAGE);
  await expect(page.getByTestId('schedule-cadence')).toContainText('lanes: auto');
  const cell = page.locator('[data-testid=schedule-cell][data-cluster=prod-eu]');
  await expect(cell).toContainText('trying again');
  await expect(cell).toContainText('3 restarts');
  await expect(cell).toContainText(error.message);
});

test('an idle agent says what to do; a viewer is told whom to ask', async ({ visit, page }) => {
  await answering(page, TIMESLOTS, (route) => route.fulfill({ json: IDLE }));
  await visit(PAGE);
  await expect(page.getByTestId('schedule-idle').getByRole('link', { name: /Add a cluster/ })).toBeVisible();
  await visit(PAGE, { role: 'Viewer' });
  await expect(page.getByTestId('schedule-idle')).toContainText('Ask an editor');
  await expect(page.getByTestId('schedule-idle').getByRole('link')).toHaveCount(0);
});

test('while it is read there is a skeleton', async ({ visit, page }) => {
  await holdBack(page);
  await visit(PAGE);
  await expect(page.getByTestId('schedule-skeleton')).toBeVisible();
});

test('an agent that is down is told, and found again', async ({ visit, page, faults }) => {
  faults.expect('502');
  await takeAgentDown(page);
  await visit(PAGE);
  await expect(page.getByTestId('problem-notice')).toContainText('Grafana does not reach the agent');
  await comeBack(page);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('schedule-cell')).toHaveCount(4);
  await expect(page.getByTestId('problem-notice')).toHaveCount(0);
});

test('what was read stays, marked as stale, when the agent goes down', async ({ visit, page, faults }) => {
  await visit(PAGE);
  await expect(page.getByTestId('schedule-cell')).toHaveCount(4);
  faults.expect('502');
  await takeAgentDown(page);
  await expect(page.getByTestId('problem-notice')).toContainText('shown is what was known at');
  await expect(page.getByTestId('schedule-cell')).toHaveCount(4);
});

test('a wrong token is told', async ({ visit, page, faults }) => {
  faults.expect('400');
  await refuseToken(page);
  await visit(PAGE);
  await expect(page.getByTestId('problem-notice')).toContainText('does not know the token');
});
