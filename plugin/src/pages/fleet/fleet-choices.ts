import type { HpaItem } from '@hpa-watch/agent/contract';

/** The filters of the fleet; they mean what they mean in the agent's list. */
export const HPA_STATE_CHOICES = ['queued', 'running', 'ready', 'partial', 'failed', 'paused', 'gone'] as const;
export const HPA_ANOMALY_CHOICES = ['any', 'critical', 'warning', 'info', 'none'] as const;

export type FleetFilter = {
  cluster: string | null;
  namespace: string | null;
  state: (typeof HPA_STATE_CHOICES)[number] | null;
  anomaly: (typeof HPA_ANOMALY_CHOICES)[number] | null;
  q: string;
};

/** Whether an HPA is shown. `q` is part of namespace/hpa or of the cluster's name, in any case; several words must all be there. */
export function matches(item: HpaItem, { cluster, namespace, state, anomaly, q }: FleetFilter): boolean {
  if (cluster !== null && item.cluster !== cluster) return false;
  if (namespace !== null && item.namespace !== namespace) return false;
  if (state !== null && !hasState(item, state)) return false;
  if (anomaly !== null && !hasAnomaly(item, anomaly)) return false;
  const text = `${item.namespace}/${item.hpa} ${item.cluster}`.toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function hasState(item: HpaItem, state: NonNullable<FleetFilter['state']>): boolean {
  if (state === 'paused') return !item.monitoring_active;
  if (state === 'gone') return item.gone_since !== null;
  return item.baseline.state === state;
}

function hasAnomaly({ anomalies: { worst } }: HpaItem, anomaly: NonNullable<FleetFilter['anomaly']>): boolean {
  if (anomaly === 'any') return worst !== null;
  return anomaly === 'none' ? worst === null : worst === anomaly;
}

/** What can be chosen, in alphabetical order; namespaces only of the chosen cluster. */
export function choicesOf(items: Iterable<HpaItem>, cluster: string | null) {
  const clusters = new Set<string>();
  const namespaces = new Set<string>();
  for (const item of items) {
    clusters.add(item.cluster);
    if (cluster === null || item.cluster === cluster) namespaces.add(item.namespace);
  }
  return { clusters: [...clusters].sort(), namespaces: [...namespaces].sort() };
}
