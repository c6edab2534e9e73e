import { isAgentError, type AgentError, type ErrorCode } from '../core/errors.ts';
import type { ErrorAnswer } from '../contract/api.ts';

/** 4xx: the caller can mend it; 502, 503, 504: a cluster or the agent cannot serve now; 500: a fault of the agent. */
export const STATUS_BY_CODE: Record<ErrorCode, number> = {
  'config/invalid': 400,
  'config/unreadable': 500,
  'request/invalid': 400,
  'request/too-large': 413,
  'request/unsupported-media-type': 415,
  'request/method-not-allowed': 405,
  'request/not-found': 404,
  'request/too-many-streams': 429,
  'auth/required': 401,
  'auth/denied': 401,
  'auth/throttled': 429,
  'auth/read-only': 403,
  'auth/host-denied': 421,
  'auth/origin-denied': 403,
  'cluster/unknown': 404,
  'cluster/not-found': 404,
  'cluster/exists': 409,
  'cluster/from-config': 409,
  'cluster/unreachable': 502,
  'cluster/removed': 410,
  'anomaly/not-found': 404,
  'hpa/not-found': 404,
  'hpa/not-enrolled': 404,
  'hpa/invalid-name': 400,
  'kubectl/not-found': 502,
  'kubectl/context-missing': 502,
  'kubectl/kubeconfig-unreadable': 502,
  'kubectl/unauthorised': 502,
  'kubectl/forbidden': 502,
  'kubectl/credentials-plugin': 502,
  'kubectl/api-unreachable': 502,
  'kubectl/service-missing': 502,
  'kubectl/port-missing': 502,
  'kubectl/no-running-pod': 502,
  'kubectl/port-in-use': 502,
  'kubectl/connection-lost': 502,
  'kubectl/backend-refused': 502,
  'kubectl/start-timeout': 504,
  'kubectl/probe-failed': 502,
  'kubectl/exited': 502,
  'prometheus/unreachable': 502,
  'prometheus/timeout': 504,
  'prometheus/refused': 502,
  'prometheus/too-many-samples': 502,
  'prometheus/server-error': 502,
  'prometheus/bad-answer': 502,
  'prometheus/unauthorised': 502,
  'prometheus/not-ready': 503,
  'prometheus/throttled': 503,
  'storage/failed': 500,
  'storage/closed': 503,
  'storage/busy': 503,
  'storage/full': 507,
  'storage/read-only': 503,
  'storage/corrupt': 500,
  'storage/newer-schema': 500,
  'storage/foreign': 500,
  'storage/exists': 409,
  'storage/unreachable': 503,
  'storage/fenced': 503,
  'agent/starting': 503,
  'agent/stopping': 503,
  'agent/aborted': 503,
  'agent/internal': 500,
  'agent/already-running': 500,
  'agent/port-in-use': 500,
  'scan/overrun': 503,
  'scan/stale-lease': 503,
};

export const statusOf = (error: AgentError): number => error.httpStatus ?? STATUS_BY_CODE[error.code];

export type Failure = { status: number; body: ErrorAnswer };

/** What a client is told of any thrown thing. What nobody foresaw is told only as a request id, under which it is logged. */
export function toFailure(error: unknown, requestId: string): Failure {
  if (!isAgentError(error) || error.code === 'agent/internal')
    return {
      status: 500,
      body: {
        status: 'error',
        code: 'agent/internal',
        message: `The agent failed on this request; its log tells more under request id ${requestId}`,
        details: { request_id: requestId },
      },
    };
  const { code, message, details } = error;
  return {
    status: statusOf(error),
    body: { status: 'error', code, message, ...(details === undefined ? {} : { details }) },
  };
}
