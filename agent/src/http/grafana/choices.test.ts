import { describe, expect, test } from '@jest/globals';
import { choicesOf, fits, someOf } from './choices.ts';

describe('what is meant by a value of a payload', () => {
  test.each<[unknown, readonly string[] | null]>([
    [undefined, null],
    [null, null],
    ['', null],
    ['  ', null],
    [[], null],
    ['$__all', null],
    [['$__all'], null],
    ['.*', null],
    ['*', null],
    ['All', null],
    ['(a|.*)', null],
    ['prod', ['prod']],
    [' prod ', ['prod']],
    [
      ['a', 'b', 'a'],
      ['a', 'b'],
    ],
    ['{a,b}', ['a', 'b']],
    ['{prod-eu, prod-us}', ['prod-eu', 'prod-us']],
    ['a|b', ['a', 'b']],
    ['(a|b)', ['a', 'b']],
    ['shop\\/api', ['shop/api']],
    ['(api\\.v1|web)', ['api.v1', 'web']],
    ['arn:aws:eks:eu-west-1:1:cluster\\/shop', ['arn:aws:eks:eu-west-1:1:cluster/shop']],
    [
      ['(a|b)', 'c'],
      ['a', 'b', 'c'],
    ],
    ['^prod-.*$', ['prod-*']],
    ['prod-.+', ['prod-*']],
    ['user@cluster', ['user@cluster']],
    [7, ['7']],
  ])('%j: %j', (value, expected) => {
    expect(choicesOf(value, 'cluster')).toEqual(expected);
  });

  test.each<[unknown, string]>([
    ['$cluster', 'the dashboard has no such variable'],
    ['${cluster}', 'the dashboard has no such variable'],
    ['${cluster:regex}', 'the dashboard has no such variable'],
    ['[[cluster]]', 'the dashboard has no such variable'],
    [{ a: 1 }, 'is not a name'],
    ['pr[aeiou]d', 'allowed: names'],
    ['(a|b', 'allowed: names'],
    ['(a+)+b', 'allowed: names'],
    [Array.from({ length: 1_001 }, (_, i) => `h${i}`), 'has 1001 names'],
  ])('%j is refused', (value, message) => {
    expect(() => choicesOf(value, 'targets[0].payload.cluster')).toThrow(
      expect.objectContaining({
        code: 'request/invalid',
        message: expect.stringContaining(message),
        details: expect.objectContaining({ field: 'targets[0].payload.cluster' }),
      }),
    );
  });
});

test.each([
  ['api', 'api', true],
  ['api', 'ap', false],
  ['prod-eu', 'prod-*', true],
  ['prod-eu', '*-eu', true],
  ['prod-eu', 'p*-*u', true],
  ['prod-eu', 'p*x*u', false],
  ['ab', 'a*b', true],
  ['a', 'a*a', false],
  ['aba', 'a*b*b*a', false],
  ['a'.repeat(10_000), `${'a*'.repeat(500)}b`, false],
])('%.20s fits %.20s: %s', (name, pattern, expected) => {
  expect(fits(name, pattern)).toBe(expected);
});

test('some of fixed values, by name or wildcard, and none else', () => {
  const allowed = ['cpu_deviation', 'memory_deviation', 'maxed_out'] as const;
  expect(someOf('{maxed_out,cpu_deviation}', 'kind', allowed)).toEqual(['cpu_deviation', 'maxed_out']);
  expect(someOf('.*_deviation', 'kind', allowed)).toEqual(['cpu_deviation', 'memory_deviation']);
  expect(someOf('$__all', 'kind', allowed)).toBeNull();
  expect(() => someOf(['maxed_out', 'flapping'], 'kind', allowed)).toThrow(
    'kind has "flapping"; allowed: cpu_deviation',
  );
});

test.each([
  ['a name of a million characters', 'a'.repeat(1e6)],
  ['a pattern of wildcards', '*a'.repeat(500)],
  ['many patterns', Array.from({ length: 21 }, (_, i) => `a${i}*`)],
])('%s is refused: each would be tried on every HPA', (_, value) => {
  expect(() => choicesOf(value, 'payload.hpa')).toThrow(expect.objectContaining({ code: 'request/invalid' }));
});
