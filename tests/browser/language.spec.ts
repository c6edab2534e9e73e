import { APP, expect, test } from './fixture.ts';
import { TEST_IDS } from '../../plugin/src/view/test-ids.ts';

const ROLE = { role: 'Editor', lang: 'pt-BR' } as const;

test('Fleet speaks Portuguese, with numbers as Brazil writes them', async ({ visit }) => {
  const page = await visit(`${APP}/fleet`, ROLE);
  await expect(page.locator('html')).toHaveAttribute('lang', 'pt-BR');
  await expect(page.getByRole('main')).toContainText('Quais HPAs precisam de você agora');
  const table = page.getByRole('table', { name: 'Todos os HPAs' });
  for (const name of ['Estado', 'Réplicas', 'CPU / meta', 'Linha de base', 'Varredura'])
    await expect(table.getByRole('columnheader', { name })).toBeVisible();
  await expect(page.getByTestId(TEST_IDS.fleet.row).first()).toContainText(/há \d+\s(s|min)/);
  await expect(page.getByTestId(TEST_IDS.fleet.attention)).toContainText(/Precisam? de atenção \(\d+\)/);
  await page.getByTestId(TEST_IDS.fleet.search).fill('no such name');
  await expect(page.getByTestId(TEST_IDS.fleet.noMatch)).toContainText('Nenhum HPA corresponde a estes filtros');
});

test('nested plugins speak it too: their texts lie beside the app', async ({ visit }) => {
  const page = await visit('/panels', ROLE);
  await expect(page.getByTestId(TEST_IDS.panel.enrolment).first()).toContainText(/\d+ de \d+ observados/);
});
