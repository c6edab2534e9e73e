import type { LocalEndpoint, PrometheusLocation } from '../domain/cluster.ts';
import type { ForwardInfo, Lease } from '../domain/forward.ts';

export type ForwardTarget = {
  cluster: string;
  reach: { kind: 'context'; context: string } | { kind: 'direct'; url: string };
  prometheus: PrometheusLocation;
  /** Where kubectl listens; ignored for `direct`. */
  endpoint: LocalEndpoint;
};

/** The ways to all clusters. One owner of all kubectl processes. */
export type ForwardPool = {
  /**
   * Makes the pool want this forward. Known and equal: nothing. Known with another endpoint: the new forward is ready
   * before the old one ends. Persistent mode starts it at once; in rotating mode `rotate` does.
   */
  ensure(target: ForwardTarget): void;
  /** Ends the forward of a cluster and forgets it. */
  release(cluster: string): Promise<void>;
  /**
   * Resolves once Prometheus answered a probe through this forward (just now or within the last second), starting or
   * replacing the forward where needed. Rejects with AgentError `kubectl/*`, `prometheus/*` or `cluster/unreachable`
   * when `signal` aborts first (with the last cause), at once when the state is `failed` and no retry is due.
   */
  acquire(cluster: string, signal: AbortSignal): Promise<Lease>;
  /** Rotating mode: lane ports -> the cluster that owns each from now on; ends the kubectl of the others first. */
  rotate(owners: ReadonlyMap<number, string>): Promise<void>;
  /** Tells the pool that a request through a lease failed at connection level: it probes at once. */
  suspect(lease: Lease): void;
  list(): ForwardInfo[];
  info(cluster: string): ForwardInfo | null;
  /** SIGTERM to every kubectl, SIGKILL after 2 s; resolves when none is left. */
  stop(): Promise<void>;
};
