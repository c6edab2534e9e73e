import type { HpaItem, SampleView } from '@hpa-watch/agent/contract';

const sample: SampleView = {
  timestamp: '2026-01-05T12:00:00.000Z',
  cpu_current: 50,
  memory_current: 300,
  memory_utilization: null,
  replicas_current: 4,
  replicas_desired: 4,
  replicas_ready: 4,
  pressure: 0.7,
  scaling_limited: 0,
  scaling_active: 1,
  cpu_target: 70,
  memory_target: null,
  replicas_min: 2,
  replicas_max: 10,
  cpu_basis: 'request',
  approximate: false,
};

/** A healthy HPA lab/shop/api, but for `over`. */
export const fleetItem = (over: Partial<HpaItem> = {}, latest: Partial<SampleView> = {}): HpaItem => ({
  cluster: 'lab',
  namespace: 'shop',
  hpa: 'api',
  has_baseline: true,
  monitoring_active: true,
  last_scan: '2026-01-05T12:00:00.000Z',
  baseline_coverage: 98,
  baseline: { state: 'ready', coverage: 98, progress: 100, reason: null },
  anomalies: { firing: 0, worst: null },
  worst_anomaly: null,
  muted_until: null,
  gone_since: null,
  latest: { ...sample, ...latest },
  ...over,
});
