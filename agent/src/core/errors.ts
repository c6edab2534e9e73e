/**
 * Every failure that leaves a room is an AgentError: a stable code for programs, a sentence for people, whether trying
 * again can help, and the cause. Callers decide by `code` or `retryable`, never by the text.
 */
export type ErrorCode =
  | `config/${'invalid' | 'unreadable'}`
  | `request/${'invalid' | 'too-large' | 'unsupported-media-type' | 'method-not-allowed' | 'not-found' | 'too-many-streams'}`
  | `auth/${'required' | 'denied' | 'throttled' | 'read-only' | 'host-denied' | 'origin-denied'}`
  | `cluster/${'unknown' | 'not-found' | 'exists' | 'from-config' | 'unreachable' | 'removed'}`
  | 'anomaly/not-found'
  | `hpa/${'not-found' | 'not-enrolled' | 'invalid-name'}`
  | `kubectl/${KubectlFault}`
  | `prometheus/${'unreachable' | 'timeout' | 'refused' | 'too-many-samples' | 'server-error' | 'bad-answer' | 'unauthorised' | 'not-ready' | 'throttled'}`
  | `storage/${'failed' | 'closed' | 'busy' | 'full' | 'read-only' | 'corrupt' | 'newer-schema' | 'foreign' | 'exists' | 'unreachable' | 'fenced'}`
  | `agent/${'starting' | 'stopping' | 'aborted' | 'internal' | 'already-running' | 'port-in-use'}`
  | `scan/${'overrun' | 'stale-lease'}`;

export const KUBECTL_FAULTS = [
  'not-found',
  'context-missing',
  'kubeconfig-unreadable',
  'unauthorised',
  'forbidden',
  'credentials-plugin',
  'api-unreachable',
  'service-missing',
  'port-missing',
  'no-running-pod',
  'port-in-use',
  'connection-lost',
  'backend-refused',
  'start-timeout',
  'probe-failed',
  'exited',
] as const;
export type KubectlFault = (typeof KUBECTL_FAULTS)[number];

export type AgentErrorOptions = {
  /** Whether the same call may succeed later without anyone changing anything. */
  retryable?: boolean;
  /** HTTP status the API answers with; a default follows from the code. */
  httpStatus?: number;
  /** Machine-readable facts: field, value found, values allowed, ... */
  details?: unknown;
  cause?: unknown;
};

export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly httpStatus: number | undefined;
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, options: AgentErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.httpStatus = options.httpStatus;
    this.details = options.details;
  }
}

export const isAgentError = (error: unknown): error is AgentError => error instanceof AgentError;

/** Any thrown thing as an AgentError; what is not one already is `agent/internal`. */
export function toAgentError(error: unknown, code: ErrorCode = 'agent/internal'): AgentError {
  if (isAgentError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AgentError(code, message, { cause: error });
}
