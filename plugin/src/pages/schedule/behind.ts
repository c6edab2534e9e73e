import type { AgentView } from '@hpa-watch/agent/contract';

/** Of the cluster that is furthest behind; null: nothing was scanned yet. */
export function behindSeconds({ clusters }: Pick<AgentView, 'clusters'>): number | null {
  const known = clusters.flatMap(({ behind_seconds }) => behind_seconds ?? []);
  return known.length === 0 ? null : Math.max(...known);
}
