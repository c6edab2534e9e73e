import { expect, jest, test } from '@jest/globals';

jest.mock('amd-module', () => undefined, { virtual: true });

test.each([
  ['/public/plugins/hpawatch-baseline-panel/module.js', '/public/plugins/hpawatch-monitor-app/'],
  [
    '/grafana/public/plugins/hpawatch-monitor-datasource/module.js?_cache=1',
    '/grafana/public/plugins/hpawatch-monitor-app/',
  ],
  ['https://cdn.example/app/panels/baseline/module.js', 'https://cdn.example/app/'],
  ['https://cdn.example/app/datasource/module.js?_cache=0.1.0', 'https://cdn.example/app/'],
])('the app of %s lies at %s', async (uri, root) => {
  const { appRoot } = await import('./load-nested');
  expect(appRoot(uri)).toBe(root);
});
