import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createMetrics } from '../../agent/src/core/metrics.ts';

const run = promisify(execFile);
const RULES = fileURLToPath(new URL('../../provisioning/prometheus/hpa-watch.rules.yaml', import.meta.url));
const TESTS = RULES.replace('.rules.yaml', '.rules.test.yaml');

type RuleFile = { groups: { rules: { alert: string; expr: string }[] }[] };
const rules = async () => (parse(await readFile(RULES, 'utf8')) as RuleFile).groups.flatMap((group) => group.rules);

test('promtool finds the shipped rules sound, and they fire when they should and only then', async () => {
  const { stdout } = await run('promtool', ['check', 'rules', RULES]);
  expect(stdout).toContain(`${(await rules()).length} rules found`);
  await run('promtool', ['test', 'rules', TESTS]);
});

test('every rule is tested', async () => {
  const text = await readFile(TESTS, 'utf8');
  const untested = (await rules()).filter(({ alert }) => !text.includes(`alertname: ${alert}\n`));
  expect(untested).toEqual([]);
});

test('every metric that a rule asks for is one that the agent has', async () => {
  const { registry } = createMetrics();
  const known = new Set(registry.getMetricsAsArray().map(({ name }) => name));
  const asked = (await rules()).flatMap(({ expr }) => expr.match(/hpa_watch_\w+/g) ?? []);
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});
