/** How the Prometheus of a cluster is found inside it. `auto` looks for the Prometheus service of the namespace. */
export type PrometheusLocation = {
  namespace: string;
  service: string;
  port: number;
  /** Longest wait for one answer of Prometheus. */
  timeoutMs: number;
};

/** A cluster to watch: by a kubectl context (through a forward) or by an address (no forward). */
export type Cluster = {
  /** The canonical name, used in every answer. */
  name: string;
  reach: { kind: 'context'; context: string } | { kind: 'direct'; url: string };
  prometheus: PrometheusLocation;
  /** `config`: from the settings file; `api`: added at run time, kept in the database. */
  source: 'config' | 'api';
};

/** Where the forward of a cluster listens. */
export type LocalEndpoint = { address: string; port: number };
