import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { TEST_IDS } from '../../plugin/src/view/test-ids.ts';
import { APP, expect, test } from './fixture.ts';
import { placesWith } from './places.ts';
import { settled } from './settled.ts';

const PLACES = placesWith('prod-eu/payments/api');
const ENROL = `${APP}/enrol?cluster=lab`;
const ANOMALIES = `${APP}/anomalies`;

/** Findings inside components of Grafana 12.3 that take no other words: rule, where, and what is meant. */
const GRAFANAS_OWN: [rule: string, where: RegExp][] = [
  // The label tells more than the short text ("10s") that is seen.
  ['label-content-name-mismatch', /RefreshPicker/],
  // Drawer puts a dialog with a name into one without.
  ['aria-dialog-name', /rc-drawer-content/],
];

/** On dashboards and in Explore Grafana's own panels, tables and pickers stand beside what is the app's. */
const BESIDE_GRAFANAS: typeof GRAFANAS_OWN = [
  ['button-name', /headerFilter/],
  ['label', /downshift/],
  ['aria-allowed-attr', /downshift/],
  // Its palette for values, in the light theme.
  ['color-contrast', /./],
  // Its table scrolls by wheel and bar; no key reaches the region itself.
  ['scrollable-region-focusable', /table body/],
];

/** What axe finds that keeps somebody out, in the whole page; each as a line. */
async function seriousOn(page: Page, more: typeof GRAFANAS_OWN = []): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const lines = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, html }) => `${id} ${target.join(' ')}: ${html.slice(0, 250)}`));
  const isOwn = (line: string): boolean =>
    !GRAFANAS_OWN.concat(more).some(([rule, where]) => line.startsWith(`${rule} `) && where.test(line));
  return lines.filter(isOwn);
}

for (const theme of ['dark', 'light'] as const)
  test.describe(`axe finds nothing serious in ${theme}`, () => {
    for (const place of PLACES)
      test(place.name, async ({ visit, faults }) => {
        if (place.fault) faults.expect(place.fault);
        const page = await visit(place.path, { theme });
        await settled(page, place);
        const more = /^\/(d\/|explore)/.test(place.path) ? BESIDE_GRAFANAS : [];
        expect(await seriousOn(page, more)).toEqual([]);
      });

    test('in the drawer of an anomaly', async ({ visit }) => {
      const page = await visit(ANOMALIES, { theme });
      await page.getByTestId(TEST_IDS.anomalies.row).first().click();
      await expect(page.getByTestId(TEST_IDS.drawer.root)).toBeVisible();
      await page.waitForLoadState('networkidle');
      expect(await seriousOn(page)).toEqual([]);
    });

    for (const name of ['Add a cluster', 'Stop watching tools/runner'])
      test(`in what “${name}” opens`, async ({ visit }) => {
        const page = await visit(ENROL, { theme, role: 'Editor' });
        await page.getByRole('button', { name, exact: true }).click();
        await expect(page.getByRole('dialog')).toBeVisible();
        expect(await seriousOn(page)).toEqual([]);
      });

    for (const tab of ['baseline', 'history'])
      test(`in the tab ${tab} of an HPA`, async ({ visit }) => {
        const page = await visit(`${APP}/hpa/prod-eu/payments/api?tab=${tab}`, { theme });
        await settled(page, { title: /payments\/api/, shows: tab === 'baseline' ? 'canvas' : 'section' });
        expect(await seriousOn(page)).toEqual([]);
      });
  });
