/** One series of an answer. `values[i]` is the value at `times[i]` (epoch ms); NaN and Inf never appear. */
export type Series = { labels: Record<string, string>; times: number[]; values: number[] };

export type RangeQuery = { query: string; start: number; end: number; stepMs: number };
export type InstantQuery = { query: string; time: number };

/**
 * A Prometheus (or what speaks its API) behind one base URL. Times are epoch ms and always explicit. Every method rejects
 * with AgentError `prometheus/*`; `retryable` tells whether the same request may succeed later, and
 * `prometheus/too-many-samples`, `prometheus/timeout` ask for a smaller request.
 */
export type Prometheus = {
  instant(query: InstantQuery, signal?: AbortSignal): Promise<Series[]>;
  range(query: RangeQuery, signal?: AbortSignal): Promise<Series[]>;
  /** `/-/ready`, else a trivial query. Resolves when Prometheus answers. */
  ready(signal?: AbortSignal): Promise<void>;
  /** Requests sent so far, retries included. */
  readonly requests: number;
  close(): Promise<void>;
};
