import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { HttpRig } from '../http-rig.fixture.ts';
import { ask, startGrafanaRig } from './grafana.fixture.ts';

/** The examples of docs/json-datasource.md are what the agent answers. */

let rig: HttpRig;
beforeAll(async () => {
  rig = await startGrafanaRig();
});
afterAll(() => rig.stop());

const page = readFileSync(new URL('../../../../docs/json-datasource.md', import.meta.url), 'utf8');
const EXAMPLES = [...page.matchAll(/`POST \/grafana\/([\w-]+)`[^`]*```json\n(.*?)```\s*```json\n(.*?)```/gs)].map(
  ([, path = '', request = '', answer = '']): [string, string, string] => [path, request, answer],
);

test('every endpoint has an example', () => {
  expect(EXAMPLES).toHaveLength(page.match(/`POST \/grafana\//g)?.length ?? 0);
  expect([...new Set(EXAMPLES.map(([path]) => path))].sort()).toEqual([
    'metric-payload-options',
    'metrics',
    'query',
    'tag-keys',
    'tag-values',
    'variable',
  ]);
});

test.each(EXAMPLES)('POST /grafana/%s %s', async (path, request, answer) => {
  const { body } = await ask(rig, path, JSON.parse(request));
  const expected = JSON.parse(answer) as unknown;
  // Of the long list of targets the page shows one.
  expect(body).toEqual(path === 'metrics' ? expect.arrayContaining(expected as unknown[]) : expected);
});
