import { expect, test as base } from '@playwright/test';
import { removeDataDirs, startAgentProcess, type AgentProcess } from '../rig/agent.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { freePort } from '../rig/free-port.ts';
import { markedHpa, startWorld, type World } from '../rig/world.ts';
import { expectAccessible } from './axe.ts';
import { watchFaults, type Faults } from './faults.ts';
import { APP } from './places.ts';
import { previewUrl } from './sign-in.ts';

/** From an agent that knows nothing to a drawn baseline: real kubectl, real Prometheus, the built agent, the production bundle. */

type Empty = { world: World; agent: AgentProcess };

const test = base.extend<{ faults: Faults }, { hours: number; empty: Empty }>({
  /** Of history in Prometheus: a little more than a baseline wants. */
  hours: [73, { scope: 'worker', option: true }],
  empty: [
    async ({ hours }, use) => {
      const world = await startWorld({
        hours,
        clusters: {
          lab: [
            markedHpa(3),
            markedHpa(5, { hpa: 'cart', target: 'cart' }),
            markedHpa(2, { namespace: 'web', hpa: 'front', target: 'front' }),
          ],
        },
      });
      const kubectl = (await realKubectls()).at(-1);
      const agent = await startAgentProcess(
        {
          kubectl: { path: kubectl?.path, kubeconfig: world.kubeconfig },
          lanes: [await freePort(), await freePort()],
          slotDuration: '5s',
        },
        0,
        ['--preview'],
      );
      await use({ world, agent });
      await agent.stop();
      await world.stop();
      removeDataDirs();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  faults: [
    async ({ page, empty }, use) => {
      const faults = watchFaults(page, new URL(empty.agent.url).host);
      await use(faults);
      faults.check();
    },
    { auto: true },
  ],
});

test('a cluster is added, all of a namespace is enrolled, and its baseline is drawn', async ({
  page,
  empty,
  faults,
}) => {
  test.setTimeout(120_000);
  const { agent } = empty;
  await page.goto(await agent.previewLink());
  await page.goto(previewUrl(agent.url, `${APP}/enrol`, { role: 'Editor' }));

  await test.step('the agent knows no cluster; a wrong name lists the contexts there are', async () => {
    await page.getByTestId('enrol-empty').getByRole('button', { name: 'Add a cluster' }).click();
    const form = page.getByTestId('enrol-add-cluster');
    faults.expect('404');
    await form.locator('#enrol-cluster-name').fill('laboratory');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await form.getByRole('button', { name: 'lab-admin' }).click();
    await expect(form.locator('#enrol-cluster-context')).toHaveValue('lab-admin');
    await form.locator('#enrol-cluster-name').fill('lab');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(form).toHaveCount(0);
  });

  await test.step('the forward comes up and the HPAs are found', async () => {
    await expect(page.getByTestId('enrol-cluster')).toContainText(/up\s\d+/, { timeout: 30_000 });
    // Where the first look came before the forward was up, one click asks again.
    if (await page.getByTestId('problem-notice').isVisible())
      await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByTestId('enrol-row')).toHaveText(['api', 'cart', 'front'], { timeout: 15_000 });
    expect(agent.forwards().map(({ context }) => context)).toEqual(['lab-admin']);
    await expectAccessible(page);
  });

  await test.step('all of a namespace is ticked and enrolled', async () => {
    await page.getByRole('checkbox', { name: /all of shop/ }).check({ force: true });
    await expect(page.getByTestId('enrol-submit')).toHaveText('Enrol 2');
    await page.getByTestId('enrol-submit').click();
    const ready = page.locator('[data-testid=enrol-state][data-state=ready]');
    await expect(ready).toHaveCount(2, { timeout: 60_000 });
    await expect(ready.first()).toContainText(/ready\s\d+\s%/);
    await expect(page.locator('[data-testid=enrol-state][data-state=found]')).toHaveCount(1);
  });

  await test.step('its page draws the band that was learned', async () => {
    await page.getByRole('link', { name: 'cart' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('shop/cart');
    const band = page.locator('[data-testid=band-chart][data-band]:not([data-band="0"])');
    // It is learned right after the history is there; the page itself looks only every 30 s.
    await expect(async () => {
      await page.getByRole('button', { name: 'Read again' }).click();
      await expect(band.first()).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 30_000 });
    expect(Number(await band.first().getAttribute('data-points'))).toBeGreaterThan(10);
  });

  await test.step('the schedule shows it scanned', async () => {
    await page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name: 'Schedule' }).click();
    const cell = page.getByTestId('schedule-cell');
    await expect(cell).toContainText('2 HPAs');
    await expect(cell).toContainText(/scanned .* ago in/, { timeout: 30_000 });
  });
});
