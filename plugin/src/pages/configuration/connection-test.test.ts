import { expect, test } from '@jest/globals';
import { AgentProblem, type ProblemKind } from '../../api/problem';
import type { Transport } from '../../api/transport';
import { testConnection } from './connection-test';

/** An agent that answers, but for the paths that fail in that way. */
const agentWith = (failing: Record<string, ProblemKind>): Transport => {
  const answers: Record<string, unknown> = {
    'GET /healthz': { status: 'success' },
    'GET /api/v1/access': { status: 'success', access: 'write', version: '0.1.0', api: 'v1' },
    'POST /api/v1/clusters': new AgentProblem('refused', 'name is missing', 'request/invalid'),
    'GET /api/v1/clusters': { status: 'success', clusters: [{ name: 'lab', forward: { status: 'active' } }] },
  };
  return async (path, { method = 'GET' } = {}) => {
    const call = `${method} ${path}`;
    const kind = failing[call];
    const answer = kind === undefined ? answers[call] : new AgentProblem(kind, kind, null);
    if (answer instanceof Error) throw answer;
    return answer as never;
  };
};

const outcomes = async (failing: Record<string, ProblemKind>, signal = new AbortController().signal) => {
  const told: string[] = [];
  await testConnection(agentWith(failing), signal, (name, { outcome }) => told.push(`${name} ${outcome}`));
  return told;
};

test.each<[string, Record<string, ProblemKind>, string[]]>([
  ['all is well', {}, ['reach good', 'token good', 'clusters good']],
  ['the agent is down', { 'GET /healthz': 'unreachable' }, ['reach failed', 'token skipped', 'clusters skipped']],
  ['the token is wrong', { 'GET /api/v1/access': 'token' }, ['reach good', 'token failed', 'clusters skipped']],
  [
    'the token for changes is wrong',
    { 'POST /api/v1/clusters': 'token' },
    ['reach good', 'token failed', 'clusters good'],
  ],
  ['the clusters cannot be read', { 'GET /api/v1/clusters': 'slow' }, ['reach good', 'token good', 'clusters failed']],
])('%s', async (_, failing, told) => {
  expect(await outcomes(failing)).toEqual(told);
});

test('a test that was left tells nothing', async () => {
  const abort = new AbortController();
  abort.abort();
  expect(await outcomes({}, abort.signal)).toEqual([]);
});
