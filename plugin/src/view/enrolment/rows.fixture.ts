import type { DiscoveredHpaView, HpaItem } from '@hpa-watch/agent/contract';

export const discoveredOf = (namespace: string, hpa: string): DiscoveredHpaView => ({
  namespace,
  hpa,
  target: { kind: 'Deployment', name: hpa },
  replicas_min: 2,
  replicas_max: 10,
  replicas_current: 3,
  metrics: [{ name: 'cpu', type: 'utilization', container: null, target: 70 }],
  enrolled: false,
});

export const watchedOf = (namespace: string, hpa: string, baseline: Partial<HpaItem['baseline']>): HpaItem => ({
  cluster: 'lab',
  namespace,
  hpa,
  has_baseline: baseline.state === 'ready',
  monitoring_active: true,
  last_scan: null,
  baseline_coverage: null,
  baseline: { state: 'queued', coverage: null, progress: 0, reason: null, ...baseline },
  anomalies: { firing: 0, worst: null },
  worst_anomaly: null,
  muted_until: null,
  gone_since: null,
  latest: null,
});
