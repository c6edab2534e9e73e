import { startPreviewServer, type PreviewServer } from '../rig/preview-server.ts';
import { expect, test as base } from './fixture.ts';
import { placesWith } from './places.ts';

/** The page on a server of its own, with data sources in trouble; nothing is faked in the browser. */
const test = base.extend<object, { preview: PreviewServer }>({
  preview: [
    async ({ agent }, use) => {
      const server = await startPreviewServer(agent);
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
});

const TROUBLES = [
  { uid: 'nobody', kind: 'unreachable', fault: '502 ', sentence: 'does not reach the agent' },
  { uid: 'silent', kind: 'slow', fault: '504 ', sentence: 'did not answer in time' },
  { uid: 'wrong-token', kind: 'token', fault: '400 ', sentence: 'does not know the token' },
];
const PAGES = placesWith('prod-eu/payments/api').filter(({ name, isPage }) => isPage && name !== 'configuration');

for (const { uid, kind, fault, sentence } of TROUBLES)
  test.describe(`the data source ${uid}`, () => {
    for (const { name, path } of PAGES)
      test(`${name} says what is wrong, and tries again`, async ({ visit, preview, context, faults }) => {
        faults.expect(fault);
        const page = await visit('/');
        const choose = (dataSourceUid: string) =>
          context.request.post(`${preview.url}/preview/api/plugins/hpawatch-monitor-app/settings`, {
            data: { jsonData: { dataSourceUid } },
          });
        expect((await choose(uid)).ok()).toBe(true);
        await visit(path);
        const notice = page.getByTestId('problem-notice').first();
        await expect(notice).toHaveAttribute('data-kind', kind);
        await expect(notice.getByRole('button', { name: 'Try again' })).toBeVisible();
        await choose('own');
      });

    test('its test says what is wrong', async ({ visit, faults }) => {
      faults.expect(fault);
      const page = await visit(`/connections/datasources/edit/${uid}`);
      await page.getByRole('button', { name: 'Test', exact: true }).click();
      await expect(page.getByRole('alert').filter({ hasText: sentence })).toBeVisible();
    });

    test('each panel says what is wrong', async ({ visit, faults }) => {
      faults.expect(fault);
      const page = await visit(`/panels?var-datasource=${uid}`);
      const notices = page.getByTestId('problem-notice');
      await expect(notices).toHaveCount(4);
      for (const notice of await notices.all()) await expect(notice).toHaveAttribute('data-kind', kind);
      await expect(page.getByTestId('data-testid Panel status error')).toHaveCount(2);
    });
  });
