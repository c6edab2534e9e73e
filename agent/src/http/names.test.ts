import { expect, test } from '@jest/globals';
import { AgentError } from '../core/errors.ts';
import { resolveSoftly } from './names.ts';

const failing = (code: ConstructorParameters<typeof AgentError>[0]) => ({
  resolve(name: string): string {
    if (name === 'alias') return 'prod';
    throw new AgentError(code, `no ${name}`);
  },
});

test.each(['cluster/unknown', 'cluster/not-found'] as const)(
  'where it is %s a cluster keeps the name it was given',
  (code) => {
    expect(resolveSoftly(failing(code), 'alias')).toEqual({ name: 'prod', unknown: null });
    expect(resolveSoftly(failing(code), 'removed')).toEqual({
      name: 'removed',
      unknown: expect.objectContaining({ code }),
    });
  },
);

test('any other failure is told', () => {
  expect(() => resolveSoftly(failing('storage/failed'), 'removed')).toThrow('no removed');
});
