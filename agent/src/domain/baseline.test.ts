import { expect, test } from '@jest/globals';
import { wasTried, type BaselineStatus } from './baseline.ts';

test.each<[BaselineStatus['state'], number, boolean]>([
  ['queued', 0, false],
  ['running', 1, false],
  ['queued', 1, true],
  ['failed', 1, true],
  ['partial', 1, true],
  ['ready', 1, true],
  ['running', 2, true],
])('a history that is %s after %i attempts was tried: %p', (state, attempts, tried) => {
  expect(wasTried({ state, attempts })).toBe(tried);
});
