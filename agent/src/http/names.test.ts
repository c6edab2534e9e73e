import { expect, test } from '@jest/globals';
import { AgentError } from '../core/errors.ts';
import { nameOf } from './names.ts';

const fleet = {
  resolve(name: string): string {
    if (name === 'alias') return 'prod';
    throw new AgentError('cluster/not-found', `${name} is not watched`);
  },
};

test.each([
  ['alias', 'prod'],
  ['removed a moment ago', 'removed a moment ago'],
])('a cluster given as %p is called %p', (given, name) => {
  expect(nameOf(fleet, given)).toBe(name);
});
