import { expect, test } from '@jest/globals';
import { AgentError } from '../core/errors.ts';
import type { ForwardInfo, ForwardState } from '../domain/forward.ts';
import { forwardLogLine } from './forward-log.ts';

const cause = new AgentError('kubectl/connection-lost', 'lost', { retryable: true });
const info = (state: ForwardState): ForwardInfo => ({
  cluster: 'prod',
  mode: 'forward',
  address: '127.0.0.1',
  port: 55553,
  pid: 1,
  state,
  restarts: 0,
  lastError: null,
  note: null,
  stderr: [],
});
const stopped: ForwardState = { kind: 'stopped' };

test.each<[ForwardState, string | null, string, string]>([
  [{ kind: 'starting', since: 0, attempt: 0 }, null, 'info', 'prod: starting a forward on 127.0.0.1:55553'],
  [{ kind: 'starting', since: 0, attempt: 3 }, null, 'debug', 'prod: starting a forward on 127.0.0.1:55553'],
  [
    { kind: 'ready', since: 0, baseUrl: 'http://me:secret@p:1' },
    null,
    'info',
    'prod: Prometheus answers at http://p:1',
  ],
  [{ kind: 'waiting', retryAt: 4_000, attempt: 0, cause }, null, 'warn', 'prod: lost; next try in 4s'],
  [{ kind: 'waiting', retryAt: 4_000, attempt: 1, cause }, cause.code, 'debug', 'prod: lost; next try in 4s'],
  [{ kind: 'failed', since: 0, retryAt: 60_000, attempt: 0, cause }, null, 'error', 'prod: lost'],
])('%j after trouble %s is told at %3$s', (state, trouble, level, message) => {
  expect(forwardLogLine(info(state), stopped, trouble, 0)).toEqual({ level, message });
});

test('an end is told once', () => {
  expect(forwardLogLine(info(stopped), { kind: 'ready', since: 0, baseUrl: '' }, null, 0).level).toBe('info');
  expect(forwardLogLine(info(stopped), stopped, null, 0).level).toBe('debug');
});
