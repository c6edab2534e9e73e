import { describe, expect, test } from '@jest/globals';
import { resolveContext, type ContextRules } from './contexts.ts';

const RULES: ContextRules = {
  contexts: ['prod-admin', 'prod', 'lab-admin', 'arn:aws:eks:eu:1:cluster/x', '-evil'],
  contextSuffix: '-admin',
  code: 'cluster/unknown',
};

describe('the context of a cluster', () => {
  test.each([
    ['the one configured', { name: 'any', context: 'prod-admin' }, 'prod-admin'],
    ['of that very name', { name: 'prod' }, 'prod'],
    ['name and suffix', { name: 'lab' }, 'lab-admin'],
    ['a name with slash and colon', { name: 'arn:aws:eks:eu:1:cluster/x' }, 'arn:aws:eks:eu:1:cluster/x'],
  ])('%s', (_, cluster, context) => expect(resolveContext(cluster, RULES)).toBe(context));

  test.each([
    [{ name: 'nope' }, '"nope" or "nope-admin"'],
    [{ name: 'prod', context: 'gone' }, '"gone"'],
    [{ name: '-evil' }, '"-evil"'],
  ])('%j is refused with what there is', (cluster, asked) => {
    expect(() => resolveContext(cluster, RULES)).toThrow(
      expect.objectContaining({
        code: 'cluster/unknown',
        message: expect.stringContaining(asked),
        details: expect.objectContaining({ contexts: RULES.contexts }),
      }),
    );
  });

  test('an empty kubeconfig is told as such', () => {
    expect(() => resolveContext({ name: 'a' }, { ...RULES, contexts: [], code: 'config/invalid' })).toThrow(
      /none at all/,
    );
  });
});
