import { expect, test } from '@jest/globals';
import { isHeld, weakEtag } from './etag.ts';

test('what is equal has one tag, what differs another', () => {
  expect(weakEtag({ a: [1, null] })).toBe(weakEtag({ a: [1, null] }));
  expect(weakEtag({ a: [1, null] })).not.toBe(weakEtag({ a: [1, 0] }));
  expect(weakEtag({})).toMatch(/^W\/"[\w-]{27}"$/);
});

test.each([
  [undefined, false],
  ['', false],
  ['W/"a"', true],
  ['"a"', true],
  ['*', true],
  ['"b", W/"a"', true],
  ['"b"', false],
  ['a', false],
])('If-None-Match %j holds W/"a": %s', (header, expected) => {
  expect(isHeld(header, 'W/"a"')).toBe(expected);
});
