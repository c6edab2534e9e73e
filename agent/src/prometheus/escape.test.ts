import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quoted, re2Literal } from '../core/promql-literal.ts';
import { anyOf, promDuration, promTime, re2Alternation } from './escape.ts';

test.each([
  ['api', '"api"'],
  ['a"b', '"a\\"b"'],
  ['a\\b', '"a\\\\b"'],
  ['a\nb', '"a\\nb"'],
])('%j is quoted as %s', (text, expected) => {
  expect(quoted(text)).toBe(expected);
});

test('a literal matches exactly its own text, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, other) => {
      const pattern = new RegExp(`^(?:${re2Literal(text)})$`);
      expect(pattern.test(text)).toBe(true);
      expect(pattern.test(other)).toBe(other === text);
    }),
  );
});

test('an alternation is sorted, without doubles, and a name with a dot stays a literal', () => {
  expect(anyOf(['web', 'api.v2', 'web'])).toBe('"api\\\\.v2|web"');
});

test('an alternation of nothing is refused: it would match what has no such label', () => {
  expect(() => re2Alternation([])).toThrow(RangeError);
});

test.each([
  [300_000, '5m'],
  [5_400_000, '1h30m'],
  [500, '500ms'],
])('%i ms is the PromQL duration %s', (ms, text) => {
  expect(promDuration(ms)).toBe(text);
});

test('times go out as seconds', () => {
  expect(promTime(1_767_614_400_250)).toBe('1767614400.25');
});
