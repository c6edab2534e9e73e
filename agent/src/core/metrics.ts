import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

/** The agent's own metrics, each agent with its own registry (so that tests may run several in one process). */
export function createMetrics({ processMetrics = true }: { processMetrics?: boolean } = {}) {
  const registry = new Registry();
  if (processMetrics) collectDefaultMetrics({ register: registry, prefix: 'hpa_watch_' });
  const registers = [registry];
  return {
    registry,
    scans: new Counter({
      name: 'hpa_watch_scans_total',
      help: 'Cluster scans by result: ok, failed, overrun.',
      labelNames: ['cluster', 'result'],
      registers,
    }),
    scanSeconds: new Histogram({
      name: 'hpa_watch_scan_duration_seconds',
      help: 'Duration of a cluster scan.',
      labelNames: ['cluster'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30],
      registers,
    }),
    lastScan: new Gauge({
      name: 'hpa_watch_last_scan_timestamp_seconds',
      help: 'When a cluster was last scanned without failure, epoch seconds.',
      labelNames: ['cluster'],
      registers,
    }),
    prometheusRequests: new Counter({
      name: 'hpa_watch_prometheus_requests_total',
      help: 'Requests to the Prometheus of a cluster by result: ok or the error code.',
      labelNames: ['cluster', 'result'],
      registers,
    }),
    forwardUp: new Gauge({
      name: 'hpa_watch_forward_up',
      help: '1 while Prometheus answers through the forward of a cluster, else 0.',
      labelNames: ['cluster'],
      registers,
    }),
    forwardRestarts: new Counter({
      name: 'hpa_watch_forward_restarts_total',
      help: 'Times the kubectl port-forward of a cluster was started again.',
      labelNames: ['cluster'],
      registers,
    }),
    rowsWritten: new Counter({
      name: 'hpa_watch_rows_written_total',
      help: 'Sample rows written to the database.',
      registers,
    }),
    databaseBytes: new Gauge({
      name: 'hpa_watch_database_size_bytes',
      help: 'Size of the database and its write-ahead log.',
      registers,
    }),
    databaseUp: new Gauge({
      name: 'hpa_watch_database_up',
      help: '1 while the database takes what is written, else 0.',
      registers,
    }),
    bufferedBytes: new Gauge({
      name: 'hpa_watch_database_buffered_bytes',
      help: 'What waits on the disk for a database that is away.',
      registers,
    }),
    fencedWrites: new Counter({
      name: 'hpa_watch_fenced_writes_total',
      help: 'Writes for a cluster that the shared database refused, since another agent watches it by now.',
      labelNames: ['cluster'],
      registers,
    }),
    databaseRows: new Gauge({
      name: 'hpa_watch_database_samples',
      help: 'Sample rows in the database by kind: baseline, monitoring.',
      labelNames: ['kind'],
      registers,
    }),
    backfills: new Counter({
      name: 'hpa_watch_backfills_total',
      help: 'Finished backfills by resulting state: ready, partial, failed.',
      labelNames: ['state'],
      registers,
    }),
    anomalyFiring: new Gauge({
      name: 'hpa_watch_anomaly_firing',
      help: '1 for each anomaly that fires now; the series is gone when it is over.',
      labelNames: ['cluster', 'namespace', 'hpa', 'kind', 'severity'],
      registers,
    }),
    authRefusals: new Counter({
      name: 'hpa_watch_auth_refusals_total',
      help: 'Calls that were not let in by error code, such as auth/required, auth/denied, auth/throttled, auth/host-denied.',
      labelNames: ['code'],
      registers,
    }),
    certificateExpiry: new Gauge({
      name: 'hpa_watch_certificate_expiry_timestamp_seconds',
      help: 'When the certificate that the agent serves with expires, epoch seconds; absent without TLS.',
      registers: [],
    }),
    notifications: new Counter({
      name: 'hpa_watch_notifications_total',
      help: 'Attempts to notify by receiver and result: sent, retry, given_up.',
      labelNames: ['receiver', 'result'],
      registers,
    }),
  };
}
