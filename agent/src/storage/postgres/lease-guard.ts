import { AgentError } from '../../core/errors.ts';
import type { WriteGuard } from './database.ts';

/** What this agent owns, by cluster, and the id under which it does. */
export type Ownership = { id: () => string; held: () => ReadonlyMap<string, { fence: number }> };

/**
 * Lets through what a person asks of any agent, and what is written for clusters of which this agent is the owner, at the fence at which it became it. The rows stay locked until
 * the transaction ends: who takes over waits for it, or finds that it never was. Where a database ignores FOR SHARE it is serializable (CockroachDB).
 */
export const leaseGuard =
  (ownership: () => Ownership, onRefused: (cluster: string) => void): WriteGuard =>
  async (sql, clusters, by) => {
    if (by === 'person' || clusters.length === 0) return;
    const { id, held } = ownership();
    const rows = await sql.rows<{ cluster: string; owner: string | null; fence: number }>(
      'SELECT cluster, owner, fence FROM cluster_lease WHERE cluster = ANY($1) ORDER BY cluster FOR SHARE',
      [clusters],
    );
    const found = new Map(rows.map((row) => [row.cluster, row]));
    for (const cluster of clusters) {
      const lease = found.get(cluster);
      const fence = held().get(cluster)?.fence;
      if (fence !== undefined && lease?.owner === id() && lease.fence === fence) continue;
      onRefused(cluster);
      throw fenced(cluster, fence ?? null, lease?.fence ?? null);
    }
  };

const fenced = (cluster: string, fence: number | null, current: number | null): AgentError =>
  new AgentError(
    'storage/fenced',
    `${cluster} is watched by another agent by now: what this one had for it is not written.`,
    { details: { cluster, fence, current } },
  );
