import type { Finding } from '../domain/anomaly.ts';
import type { Sample } from '../domain/sample.ts';

/** What was done shortly before, and when, as people write it. */
export type Suspect = { kind: 'rollout' | 'config'; when: string };

/** What to try next, as a sentence; null where nothing sensible can be said. */
export function advised(finding: Finding, sample: Sample, before: Suspect | null): string | null {
  const look =
    before?.kind === 'rollout'
      ? ` or look at the rollout at ${before.when}`
      : before?.kind === 'config'
        ? ` or take the change of ${before.when} back`
        : '';
  const isAtMax = sample.replicasMax !== null && sample.replicasCurrent === sample.replicasMax;
  switch (finding.kind) {
    case 'cpu_deviation':
    case 'pressure_deviation':
    case 'replicas_deviation':
      if (finding.direction === 'under')
        return `Check what sends it work: the gateway, the queue, the service before it${look}.`;
      return isAtMax ? `Raise maxReplicas${look}.` : `Check where the load comes from${look}.`;
    case 'memory_deviation':
      return finding.direction === 'under' ? null : `Look at the heap and caches of its newest version${look}.`;
    case 'level_shift':
      return 'If this is how it will stay, accept it as the new normal.';
    case 'maxed_out':
      return `Raise maxReplicas or give its pods more${look}.`;
    case 'scaling_stuck':
      return 'See `kubectl describe hpa`: scale-up may be disabled or throttled in behavior.scaleUp.';
    case 'oscillation':
      return 'Lengthen behavior.scaleDown.stabilizationWindowSeconds, and look for a second writer of its replicas.';
    case 'replicas_mismatch':
      return finding.facts.cause === 'not_ready'
        ? 'See `kubectl describe pod`: pods that are pending lack room, quota or a volume; others fail their probes.'
        : 'Look for another writer of spec.replicas: a GitOps tool, a second autoscaler, a person.';
    case 'scaling_inactive':
      return 'See `kubectl describe hpa` for the reason, and check metrics-server or the metrics adapter.';
    case 'underutilised':
      return finding.facts.atMin === 1
        ? 'Lower minReplicas.'
        : 'See behavior.scaleDown: it may be disabled; another metric of the HPA may hold it up.';
    case 'memory_leak':
      return `Restart its pods to win time${look}; take a heap dump before.`;
    case 'telemetry_lost':
      return finding.facts.what === 'pods'
        ? 'Check the scrape of cAdvisor (kubelet) for its nodes.'
        : 'Check whether the HPA was deleted, and the scrape of kube-state-metrics.';
    case 'config_changed':
      return null;
  }
}
