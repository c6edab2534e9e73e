import { isFetchError } from '@grafana/runtime';

/** Why a call to the agent failed, as what a person can do about it. */
export type ProblemKind =
  /** Grafana did not reach the agent. */
  | 'unreachable'
  /** The agent answers, but a cluster behind it does not; `message` says why. */
  | 'cluster'
  /** The agent answers, but its database does not; `message` says why and since when. */
  | 'database'
  /** The agent did not answer in time. */
  | 'slow'
  /** The agent does not know the data source's token. */
  | 'token'
  /** This user, or this token, may only look. */
  | 'read-only'
  | 'not-found'
  /** The agent refused what was sent; `message` says which field, and what is allowed. */
  | 'refused'
  /** No data source of HPA Watch is set up. */
  | 'no-data-source'
  | 'failed';

/** A failed call. `code` is the agent's own, where it answered. */
export class AgentProblem extends Error {
  readonly kind: ProblemKind;
  readonly code: string | null;
  /** What the agent tells besides, such as the contexts there are. */
  readonly details: unknown;

  constructor(kind: ProblemKind, message: string, code: string | null = null, details: unknown = null) {
    super(message);
    this.name = 'AgentProblem';
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
}

type Answered = { status?: unknown; code?: unknown; message?: unknown; details?: unknown };

/** What Grafana's proxy and the agent answer, read as a problem. A 401 of the agent arrives as 400 "Authentication to data source failed". */
export function toProblem(error: unknown): AgentProblem {
  if (error instanceof AgentProblem) return error;
  if (!isFetchError<Answered>(error))
    return new AgentProblem('failed', error instanceof Error ? error.message : String(error));
  const { status, data } = error;
  const code = typeof data?.code === 'string' ? data.code : null;
  const message = typeof data?.message === 'string' ? data.message : (error.statusText ?? `HTTP ${status}`);
  return new AgentProblem(kindOf(status, code, message), message, code, data?.details ?? null);
}

/** The agent's codes of what is between it and a cluster. */
const OF_A_CLUSTER = /^(kubectl|prometheus)\/|^cluster\/unreachable$/;

function kindOf(status: number, code: string | null, message: string): ProblemKind {
  if (code === 'auth/read-only') return 'read-only';
  if (code !== null && OF_A_CLUSTER.test(code)) return 'cluster';
  if (code === 'storage/unreachable') return 'database';
  if (status === 401 || (status === 400 && code === null && /authentication to data source failed/i.test(message)))
    return 'token';
  if (status === 403) return 'read-only';
  if (status === 502 || status === 0) return 'unreachable';
  if (status === 504) return 'slow';
  if (status === 404) return code === null ? 'unreachable' : 'not-found';
  return status >= 400 && status < 500 ? 'refused' : 'failed';
}
