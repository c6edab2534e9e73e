import { expect, test } from '@jest/globals';
import { environmentOfKubectl } from './ways.ts';

test('kubectl and its credentials plugins get the environment, but nothing that is meant for the agent', () => {
  const env = {
    PATH: '/bin',
    KUBECONFIG: '/k',
    AWS_PROFILE: 'p',
    HPA_WATCH_TOKEN: 'secret',
    HPA_WATCH_READ_TOKEN: 'x',
  };
  expect(environmentOfKubectl(env)).toEqual({ PATH: '/bin', KUBECONFIG: '/k', AWS_PROFILE: 'p' });
});
