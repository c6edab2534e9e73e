import AxeBuilder from '@axe-core/playwright';
import type { SummaryAnswer } from '@hpa-watch/agent/contract';
import { TEST_IDS } from '../../plugin/src/view/test-ids.ts';
import { changing, comeBack, takeDatabaseAway } from './agent-answers.ts';
import { APP, expect, test } from './fixture.ts';
import { placesWith } from './places.ts';
import type { View } from './sign-in.ts';

/** Agents on a PostgreSQL that does not answer: what a person is told. */

const FLEET = `${APP}/fleet`;
const message = 'The database db:5432 cannot be reached (refused). Scans go on.';
const { notice } = TEST_IDS.fleet;

const LOOKS: [View, away: string, goesOn: string, isFull: string][] = [
  [{ theme: 'dark', lang: 'en-US' }, 'takes nothing since', 'Scanning goes on into a buffer', 'Nothing is scanned'],
  [{ theme: 'light', lang: 'pt-BR' }, 'não aceita nada desde', 'A varredura continua', 'Nada é varrido'],
];
for (const [view, away, goesOn, isFull] of LOOKS)
  test(`the fleet stays, below what happened, what goes on and what to do; ${view.theme}, ${view.lang}`, async ({
    visit,
    page,
  }) => {
    const codes = ['database/away', 'database/buffer-full'] as const;
    await changing<SummaryAnswer>(page, '/api/v1/monitoring/summary', (summary) => ({
      ...summary,
      notices: codes.map((code) => ({ code, since: '2026-01-05T14:02:00.000Z', message })),
    }));
    await visit(FLEET, view);
    const told = page.getByTestId(notice);
    await expect(told.first()).toContainText(away);
    await expect(told.first()).toContainText('2026-01-05 14:02');
    await expect(told.first()).toContainText(goesOn);
    await expect(told.first()).toContainText(message);
    await expect(told.nth(1)).toContainText(isFull);
    await expect(page.getByTestId(TEST_IDS.fleet.row).first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).include(`[data-testid=${notice}]`).analyze();
    expect(violations).toEqual([]);
  });

for (const { name, path } of placesWith('prod-eu/payments/api').filter(({ name }) =>
  ['fleet', 'hpa', 'anomalies', 'schedule'].includes(name),
))
  test(`where ${name} can show nothing it says so, and shows it when the database is back`, async ({
    visit,
    page,
    faults,
  }) => {
    faults.expect('503 ');
    await takeDatabaseAway(page);
    await visit(path);
    const problem = page.getByTestId(TEST_IDS.problem).first();
    await expect(problem).toHaveAttribute('data-kind', 'database');
    await expect(problem).toContainText('The database of the agent does not answer');
    await expect(problem).toContainText('See that the database runs');
    await comeBack(page);
    await problem.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByTestId(TEST_IDS.problem)).toHaveCount(0);
  });
