import { AgentError, toAgentError } from '../core/errors.ts';
import type { Cluster } from '../domain/cluster.ts';
import type { ConfiguredCluster } from './load.ts';

export type ResolvedClusters = {
  clusters: Cluster[];
  /** Names that mean a cluster named before: [name, canonical name]. */
  aliases: [string, string][];
};

/**
 * The clusters of the settings with their contexts. Names that resolve to one context are one cluster, the first is canonical.
 * @throws AgentError `config/invalid` that tells every cluster without a context
 */
export function resolveClusters(
  configured: readonly ConfiguredCluster[],
  contextFor: (cluster: { name: string; context?: string }) => string,
): ResolvedClusters {
  const clusters: Cluster[] = [];
  const aliases: [string, string][] = [];
  const problems: AgentError[] = [];
  for (const { name, context, prometheusUrl, prometheus } of configured) {
    try {
      const reach: Cluster['reach'] =
        prometheusUrl === null
          ? { kind: 'context', context: contextFor(context === null ? { name } : { name, context }) }
          : { kind: 'direct', url: prometheusUrl.replace(/\/+$/, '') };
      const twin = clusters.find((cluster) => JSON.stringify(cluster.reach) === JSON.stringify(reach));
      if (twin) aliases.push([name, twin.name]);
      else clusters.push({ name, reach, prometheus, source: 'config' });
    } catch (error) {
      problems.push(toAgentError(error));
    }
  }
  if (problems.length === 0) return { clusters, aliases };
  throw new AgentError('config/invalid', problems.map(({ message }) => message).join('\n'), {
    details: problems.map(({ details }) => details),
  });
}
