import { expect, test } from '@jest/globals';
import { AgentError, type ErrorCode } from '../core/errors.ts';
import { STATUS_BY_CODE, toFailure } from './errors.ts';

test.each<[ErrorCode, number]>([
  ['request/invalid', 400],
  ['hpa/invalid-name', 400],
  ['auth/required', 401],
  ['auth/read-only', 403],
  ['cluster/unknown', 404],
  ['hpa/not-enrolled', 404],
  ['hpa/not-found', 404],
  ['anomaly/not-found', 404],
  ['cluster/exists', 409],
  ['request/too-large', 413],
  ['auth/host-denied', 421],
  ['request/too-many-streams', 429],
  ['storage/failed', 500],
  ['kubectl/unauthorised', 502],
  ['prometheus/unauthorised', 502],
  ['agent/stopping', 503],
  ['prometheus/timeout', 504],
  ['storage/full', 507],
])('%s answers %i', (code, status) => {
  expect(toFailure(new AgentError(code, 'a sentence'), 'id').status).toBe(status);
});

test('an error may carry a status of its own, and its details', () => {
  const error = new AgentError('request/invalid', 'no', { httpStatus: 422, details: { field: 'x' } });
  expect(toFailure(error, 'id')).toEqual({
    status: 422,
    body: { status: 'error', code: 'request/invalid', message: 'no', details: { field: 'x' } },
  });
});

test.each([new Error('secret /home/me'), 'secret', undefined, new AgentError('agent/internal', 'secret')])(
  'what nobody foresaw (%p) is told only as a request id',
  (thrown) => {
    const { status, body } = toFailure(thrown, 'id-7');
    expect({ status, code: body.code, details: body.details }).toEqual({
      status: 500,
      code: 'agent/internal',
      details: { request_id: 'id-7' },
    });
    expect(JSON.stringify(body)).not.toContain('secret');
  },
);

test('every code is a failure', () => {
  expect(Object.values(STATUS_BY_CODE).every((status) => status >= 400 && status < 600)).toBe(true);
});
