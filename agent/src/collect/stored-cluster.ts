import type { Cluster } from '../domain/cluster.ts';
import { isClusterName } from '../domain/hpa.ts';
import type { StoredCluster } from '../storage/store.ts';

/** How a stored cluster is reached; 'unknown' for what cannot be used, null for one of the settings. */
export function reachOf({ name, definition, isUnreadable }: StoredCluster): Cluster['reach'] | 'unknown' | null {
  if (isUnreadable || !isClusterName(name)) return 'unknown';
  if (definition === null) return null;
  return 'context' in definition
    ? { kind: 'context', context: definition.context }
    : { kind: 'direct', url: definition.prometheusUrl };
}

/** The other way: what is stored of a cluster that was added at run time. */
export const definitionOf = (reach: Cluster['reach']): StoredCluster['definition'] =>
  reach.kind === 'context' ? { context: reach.context } : { prometheusUrl: reach.url };
