import type { ClusterView, DiscoveredHpaView } from '../contract/api.ts';
import type { ForwardInfo } from '../domain/forward.ts';
import { localId, type DiscoveredHpa } from '../domain/hpa.ts';
import type { ScanOutcome } from '../domain/scan.ts';
import type { ClusterInfo } from '../domain/schedule-view.ts';
import { presentForward, prometheusUrlOf } from './present-forward.ts';
import { presentScan } from './present-schedule.ts';

export type ClusterFacts = {
  forwards: readonly ForwardInfo[];
  outcomes: readonly ScanOutcome[];
  counts: readonly { cluster: string; hpas: number; ready: number }[];
};

export function presentCluster(
  info: ClusterInfo,
  { forwards, outcomes, counts }: ClusterFacts,
  now: number,
): ClusterView {
  const forward = forwards.find(({ cluster }) => cluster === info.name);
  const outcome = outcomes.find(({ cluster }) => cluster === info.name);
  const count = counts.find(({ cluster }) => cluster === info.name);
  return {
    name: info.name,
    context: info.reach.kind === 'context' ? info.reach.context : null,
    prometheus_url: prometheusUrlOf(info, forward),
    source: info.source,
    lane_port: info.lanePort,
    hpas: count?.hpas ?? 0,
    ready: count?.ready ?? 0,
    forward: forward ? presentForward(forward, now) : null,
    last_scan: outcome ? presentScan(outcome) : null,
    ...(info.watchedBy === undefined ? {} : { watched_by: info.watchedBy }),
  };
}

export const presentDiscovered = (found: DiscoveredHpa, enrolled: ReadonlySet<string>): DiscoveredHpaView => ({
  namespace: found.namespace,
  hpa: found.hpa,
  target: found.target,
  replicas_min: found.replicasMin,
  replicas_max: found.replicasMax,
  replicas_current: found.replicasCurrent,
  metrics: found.metrics,
  enrolled: enrolled.has(localId(found)),
});
