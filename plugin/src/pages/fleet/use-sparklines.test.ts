import { expect, test } from '@jest/globals';
import { toAsk } from './use-sparklines';

const NOW = 1_000_000;

test.each([
  ['those never asked', ['a', 'b'], [], ['a', 'b']],
  ['not those asked a moment ago', ['a', 'b'], [['a', NOW - 59_999]], ['b']],
  ['those of a minute ago again', ['a'], [['a', NOW - 60_000]], ['a']],
] as [string, string[], [string, number][], string[]][])('asks for %s', (_, keys, asked, expected) => {
  const cache = new Map(asked.map(([key, at]) => [key, { at }]));
  expect(toAsk(keys, cache, NOW)).toEqual(expected);
});

test('asks for no more than one call takes', () => {
  const keys = Array.from({ length: 140 }, (_, i) => `lab/shop/${i}`);
  expect(toAsk(keys, new Map(), NOW)).toEqual(keys.slice(0, 100));
});
