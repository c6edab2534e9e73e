import type { DiscoveredHpa } from '../domain/hpa.ts';
import type { ScanOutcome } from '../domain/scan.ts';
import type { Prometheus } from '../prometheus/prometheus.ts';

/** A Prometheus reached through a lease; `isCurrent` false means: throw the answer away (see domain/forward.ts). */
export type ClusterSession = { cluster: string; prometheus: Prometheus; isCurrent(): boolean };

export type Discovery = { hpas: DiscoveredHpa[]; notes: string[] };

export type Collector = {
  /** The HPAs of a cluster as its kube-state-metrics shows them at `now`. */
  discover(session: ClusterSession, signal?: AbortSignal): Promise<Discovery>;
  /**
   * One pass: the minutes since the last one for every active HPA of the cluster, then, while `signal` is not aborted, open gaps newest
   * first. Never rejects: failure is an outcome. What was written before an abort stays; what was not is asked for next time.
   */
  scan(session: ClusterSession, signal: AbortSignal): Promise<ScanOutcome>;
  /**
   * Collects the history of every HPA of the cluster that is due, grouped, reporting progress on the event bus and in the
   * store. Resumes interrupted attempts. Rejects only when the session is lost (retryable) or `signal` aborts; progress so far stays.
   */
  backfill(session: ClusterSession, signal: AbortSignal): Promise<{ finished: number }>;
};
