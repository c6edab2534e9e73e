import { describe, expect, test } from '@jest/globals';
import { AgentError } from '../core/errors.ts';
import type { ForwardInfo } from '../domain/forward.ts';
import { clusterInfo, forwardInfo } from './fake-services.fixture.ts';
import { presentForward, prometheusUrlOf } from './present-forward.ts';

const NOW = Date.UTC(2025, 10, 5, 14, 25, 32);
const cause = new AgentError('kubectl/no-running-pod', 'no pod of prometheus-server is running');
const fault = { code: 'kubectl/no-running-pod', message: 'no pod of prometheus-server is running' };

test.each<[string, Partial<ForwardInfo>, object]>([
  [
    'ready for 2 h 35 min',
    {
      state: { kind: 'ready', since: NOW - 9_300_000, baseUrl: 'http://127.0.0.1:41553' },
      restarts: 2,
      lastError: cause,
    },
    { status: 'active', uptime: '2h35m', restarts: 2, last_error: fault, retry_at: null },
  ],
  [
    'starting',
    { state: { kind: 'starting', since: NOW, attempt: 0 } },
    { status: 'starting', uptime: null, last_error: null },
  ],
  [
    'waiting',
    { state: { kind: 'waiting', retryAt: NOW + 8_000, attempt: 3, cause } },
    { status: 'waiting', uptime: null, last_error: fault, retry_at: '2025-11-05T14:25:40.000Z' },
  ],
  [
    'failed',
    { state: { kind: 'failed', since: NOW, retryAt: NOW + 60_000, attempt: 1, cause } },
    { status: 'failed', uptime: null, last_error: fault, retry_at: '2025-11-05T14:26:32.000Z' },
  ],
  ['stopped', { pid: null }, { status: 'stopped', uptime: null, pid: null }],
])('a forward that is %s', (_what, change, expected) => {
  expect(presentForward(forwardInfo('prod', change), NOW)).toMatchObject({
    cluster: 'prod',
    port: 41553,
    address: '127.0.0.1',
    ...expected,
  });
});

describe('prometheus_url is the address that is really used', () => {
  const direct = {
    ...clusterInfo('lab', null),
    reach: { kind: 'direct' as const, url: 'http://me:pw@10.0.0.1:9090/' },
  };
  test.each([
    [
      'the base URL of a ready forward',
      forwardInfo('prod', { state: { kind: 'ready', since: 0, baseUrl: 'http://127.0.0.2:41553/' } }),
      'http://127.0.0.2:41553',
    ],
    ['where a forward will listen', forwardInfo('prod', { address: '127.0.0.3' }), 'http://127.0.0.3:41553'],
    ['nothing before there is an endpoint', forwardInfo('prod', { address: null, port: null }), null],
    ['nothing without a forward', undefined, null],
  ])('%s', (_what, forward, url) => {
    expect(prometheusUrlOf(clusterInfo('prod', 41553), forward)).toBe(url);
  });
  test('a direct address, without its credentials', () => {
    expect(prometheusUrlOf(direct, undefined)).toBe('http://10.0.0.1:9090');
  });
});
