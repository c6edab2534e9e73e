import { describe, expect, test } from '@jest/globals';
import type { AccessAnswer, ForwardView } from '@hpa-watch/agent/contract';
import { AgentProblem, type ProblemKind } from '../../api/problem';
import type { WriteAccess } from '../../api/write-access';
import { clustersStep, reachStep, tokenStep, type StepResult } from './steps';

const problem = (kind: ProblemKind) => new AgentProblem(kind, 'said by whom it concerns');
const access: AccessAnswer = { status: 'success', access: 'read', version: '0.1.0', api: 'v1' };

describe('Grafana to the agent', () => {
  test.each<[ProblemKind | null, StepResult['outcome'], string | null]>([
    [null, 'good', null],
    ['token', 'good', null],
    ['unreachable', 'failed', 'Start the agent'],
    ['slow', 'failed', 'starting or busy'],
  ])('%p is %s', (kind, outcome, mend) => {
    const step = reachStep(kind === null ? null : problem(kind));
    expect(step.outcome).toBe(outcome);
    if (mend === null) expect(step.mend).toBeNull();
    else expect(step.mend).toContain(mend);
  });
});

describe('the tokens', () => {
  test.each<[WriteAccess, StepResult['outcome'], string]>([
    ['granted', 'good', 'HPA Watch 0.1.0 knows both tokens'],
    ['read-only', 'limited', 'may only read'],
    ['unknown-token', 'failed', 'does not know the token for changes'],
    ['not-asked', 'good', 'knows the token for reading'],
  ])('reading works, changing is %s', (write, outcome, sentence) => {
    const step = tokenStep(access, write);
    expect(step.outcome).toBe(outcome);
    expect(step.sentence).toContain(sentence);
    expect(step.mend === null).toBe(outcome === 'good');
  });

  test('a token for reading that is not known says where it stands', () => {
    expect(tokenStep(problem('token'), 'not-asked')).toMatchObject({
      outcome: 'failed',
      mend: expect.stringContaining('auth.token'),
    });
  });
});

describe('the agent to its clusters', () => {
  const cluster = (name: string, forward: Partial<ForwardView> | null) => ({
    name,
    forward: forward as ForwardView | null,
  });
  const up = { status: 'active' as const };
  const down = {
    status: 'waiting' as const,
    last_error: { code: 'kubectl/no-running-pod', message: 'No pod is running.' },
  };

  test.each<[string, ReturnType<typeof cluster>[], StepResult['outcome'], string]>([
    ['none yet', [], 'limited', 'no cluster yet'],
    ['all up', [cluster('a', up), cluster('b', up)], 'good', '2 of 2'],
    ['one down', [cluster('a', up), cluster('b', down)], 'limited', '1 of 2 clusters. b: No pod is running.'],
    ['all down', [cluster('b', down)], 'failed', '0 of 1'],
    [
      'one starting',
      [cluster('a', up), cluster('c', { status: 'starting', last_error: null })],
      'limited',
      'c is still starting',
    ],
    ['one not begun', [cluster('c', null)], 'failed', 'c is still starting'],
  ])('%s', (_, clusters, outcome, sentence) => {
    const step = clustersStep(clusters);
    expect(step.outcome).toBe(outcome);
    expect(step.sentence).toContain(sentence);
  });
});
