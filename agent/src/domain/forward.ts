import type { AgentError } from '../core/errors.ts';

/** The state of the way to one cluster's Prometheus. Times are epoch ms. */
export type ForwardState =
  | { kind: 'stopped' }
  | { kind: 'starting'; since: number; attempt: number }
  | { kind: 'ready'; since: number; baseUrl: string }
  | { kind: 'waiting'; retryAt: number; attempt: number; cause: AgentError }
  | { kind: 'failed'; since: number; retryAt: number; attempt: number; cause: AgentError };

/** What the pool tells of one cluster. */
export type ForwardInfo = {
  cluster: string;
  /** direct: an address without a forward */
  mode: 'forward' | 'direct';
  address: string | null;
  port: number | null;
  pid: number | null;
  state: ForwardState;
  /** Starts after the first. */
  restarts: number;
  lastError: AgentError | null;
  /** For instance: "the service has no port 9090; using 80, which targets 9090". */
  note: string | null;
  /** kubectl's last lines on stderr, oldest first, at most 40. */
  stderr: string[];
};

/**
 * The right to talk to one cluster's Prometheus for a while. After `isCurrent()` turned false the address may belong to
 * another cluster (rotating mode) or a new process: throw the answer away.
 */
export type Lease = { cluster: string; baseUrl: string; isCurrent(): boolean };
