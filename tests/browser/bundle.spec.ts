import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { bundledPaths, NOTICES, noticedPackages, noticesText } from '../../tools/supply/bundled.ts';
import { licenceProblems } from '../../tools/supply/licence.ts';
import { bundledPackages, root } from '../../tools/supply/parts.ts';

test('the bundle holds the packages that its notices name, each under a licence that may go along', () => {
  const dist = join(root, 'plugin/dist');
  expect(bundledPaths(dist).length).toBeGreaterThan(0);
  const packages = bundledPackages();
  expect(licenceProblems(packages)).toEqual([]);
  const notices = readFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  expect(noticedPackages(notices)).toEqual(packages.map(({ name, version }) => ({ name, version })));
  expect(notices, `${NOTICES} is out of date: npm run licences -- --write`).toBe(noticesText(packages));
});
