import { describe, expect, test } from '@jest/globals';
import type { ClusterView } from '@hpa-watch/agent/contract';
import { AgentProblem, type ProblemKind } from '../api/problem';
import type { Call } from '../api/transport';
import { checkHealth, healthOf } from './health';

type Cluster = Pick<ClusterView, 'name' | 'forward' | 'prometheus_url'>;
type Status = NonNullable<ClusterView['forward']>['status'];

const cluster = (name: string, status: Status = 'active', cause?: string): Cluster => ({
  name,
  prometheus_url: null,
  forward: {
    cluster: name,
    mode: 'forward',
    port: 55553,
    address: '127.0.0.1',
    status,
    uptime: null,
    restarts: 0,
    last_error: cause === undefined ? null : { code: 'kubectl/no-running-pod', message: cause },
    retry_at: null,
    pid: null,
    note: null,
  },
});

const problem = (kind: ProblemKind, code: string | null = null) => new AgentProblem(kind, 'said by somebody', code);

/** An agent with one cluster; `read` and `write` are what goes wrong with calls of that kind. */
const agent =
  ({ read, write = problem('refused', 'request/invalid') }: { read?: AgentProblem; write?: AgentProblem }) =>
  async <T>(path: string, { method = 'GET' }: Call = {}): Promise<T> => {
    const wrong = method === 'GET' ? read : write;
    if (wrong !== undefined) throw wrong;
    return (path.endsWith('/access') ? { version: '1.2.3', access: 'read' } : { clusters: [cluster('prod')] }) as T;
  };

describe('save & test', () => {
  test.each<[string, Parameters<typeof agent>[0], string, RegExp]>([
    ['all is well', {}, 'success', /^HPA Watch 1\.2\.3 answers\. It reaches its clusters \(1 of 1\)\.$/],
    [
      'nothing listens',
      { read: problem('unreachable') },
      'error',
      /does not reach the agent\. Check that the agent runs/,
    ],
    ['too slow', { read: problem('slow') }, 'error', /did not answer in time/],
    ['the token is unknown', { read: problem('token') }, 'error', /does not know the token\. Enter the one/],
    ['the token for changes is unknown', { write: problem('token') }, 'error', /Reading works, but .* for changes/],
    [
      'the only token may read',
      { write: problem('read-only', 'auth/read-only') },
      'success',
      /The token may only read/,
    ],
    ['the user is a viewer, so that Grafana refuses', { write: problem('read-only') }, 'success', /1 of 1\)\.$/],
  ])('%s', async (_, world, status, message) => {
    expect(await checkHealth(agent(world))).toEqual({ status, message: expect.stringMatching(message) });
  });
});

test.each<[string, Cluster[], string, RegExp]>([
  ['none yet', [], 'success', /watches no cluster yet: add one/],
  [
    'some are down, each with its cause',
    [cluster('prod'), cluster('lab', 'waiting', 'No running pod behind the service.'), cluster('new', 'starting')],
    'success',
    /reaches 1 of 3 clusters\. lab: No running pod behind the service\. new is still starting\.$/,
  ],
  [
    'all are down',
    [cluster('lab', 'failed', 'a/b is gone')],
    'warning',
    /reaches 0 of 1 clusters\. lab: a\/b is gone\.$/,
  ],
])('clusters: %s', (_, clusters, status, message) => {
  expect(healthOf({ version: '1' }, clusters, 'granted')).toEqual({ status, message: expect.stringMatching(message) });
});
