import { expect, test } from '@jest/globals';
import { parsePlainYaml, YamlRefused } from './plain-yaml.ts';

test('plain YAML is plain data, aliases too', () => {
  expect(parsePlainYaml('a: &x [1, two]\nb: *x\n', 100)).toEqual({ a: [1, 'two'], b: [1, 'two'] });
});

test.each([
  ['too long', 'a'.repeat(201), 'longer than 200'],
  ['a key twice', 'a: 1\nb: 2\na: 3\n', 'twice'],
  ['a cycle', 'a: &x [*x]\n', 'holds itself'],
  ['a bottomless list', '['.repeat(60) + ']'.repeat(60), 'deeper than'],
  ['no YAML', 'token: "hush', 'MISSING_CHAR'],
])('%s is refused, and nothing of it is quoted', (_, text, words) => {
  let refused: unknown = null;
  try {
    parsePlainYaml(text, 200);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(YamlRefused);
  expect(String(refused)).toContain(words);
  expect(JSON.stringify([String(refused), (refused as Error).stack])).not.toContain('hush');
});

test.each([
  ['aliases', 'a: &x [1]\n' + 'b: [' + '*x, '.repeat(5_000) + ']\n'],
  ['keys', Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n')],
  ['errors', '!set '.repeat(20_000)],
])('many %s end soon', (_, text) => {
  const start = process.threadCpuUsage();
  try {
    parsePlainYaml(text, 1e6);
  } catch (error) {
    expect(error).toBeInstanceOf(YamlRefused);
  }
  // Ten times what it takes; its square would take minutes.
  expect(process.threadCpuUsage(start).user).toBeLessThan(10e6);
});
