import { expect, test } from '@jest/globals';
import { table } from './table.ts';

test('columns are as wide as their widest cell, numbers to the right, no trailing spaces', () => {
  expect(
    table(
      ['NAME', '>COUNT', 'NOTE'],
      [
        ['a', '7', ''],
        ['longer', '1234', 'x'],
      ],
    ),
  ).toBe('NAME    COUNT  NOTE\na           7\nlonger   1234  x');
});
