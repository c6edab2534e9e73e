import { expect, test } from '@jest/globals';
import { toProblem, type ProblemKind } from './problem';

const fetchError = (status: number, data: unknown) => ({ status, data, config: { url: '' } });
const agentSays = (code: string) => ({
  status: 'error',
  code,
  message: 'said by the agent',
  details: { contexts: ['a'] },
});

test.each<[string, number, unknown, ProblemKind]>([
  ['Grafana does not reach the agent', 502, { message: 'Bad gateway' }, 'unreachable'],
  ['the network is gone', 0, undefined, 'unreachable'],
  ['something else answers at the address', 404, '<html>', 'unreachable'],
  ['the agent is too slow', 504, { message: 'timeout' }, 'slow'],
  ['the token is not known', 400, { message: 'Authentication to data source failed' }, 'token'],
  ['the token is not known, without Grafana between', 401, agentSays('auth/denied'), 'token'],
  ['the token may only look', 403, agentSays('auth/read-only'), 'read-only'],
  ['the route wants an editor', 403, { message: 'Access denied' }, 'read-only'],
  ['a cluster has no running pod', 502, agentSays('kubectl/no-running-pod'), 'cluster'],
  ['a Prometheus is too slow', 504, agentSays('prometheus/timeout'), 'cluster'],
  ['a cluster is not there', 502, agentSays('cluster/unreachable'), 'cluster'],
  ['the database is away', 503, agentSays('storage/unreachable'), 'database'],
  ['an HPA is not known', 404, agentSays('hpa/not-enrolled'), 'not-found'],
  ['a value is wrong', 400, agentSays('request/invalid'), 'refused'],
  ['the database is full', 507, agentSays('storage/full'), 'failed'],
])('%s', (_, status, data, kind) => {
  expect(toProblem(fetchError(status, data)).kind).toBe(kind);
});

test('what the agent tells besides is kept', () => {
  expect(toProblem(fetchError(404, agentSays('cluster/unknown')))).toMatchObject({
    code: 'cluster/unknown',
    message: 'said by the agent',
    details: { contexts: ['a'] },
  });
});
