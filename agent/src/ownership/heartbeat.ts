import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { Cluster } from '../domain/cluster.ts';
import type { AgentIdentity, LeaseTable } from '../domain/ownership.ts';

export type HeartbeatDeps = {
  table: Pick<LeaseTable, 'join' | 'renew'>;
  clock: Pick<Clock, 'now'>;
  /** Goes on evenly whatever happens to the clock, ms. */
  monotonic: () => number;
  logger: Logger;
  /** A new one for each time it joins. */
  identity(): AgentIdentity;
  leaseMs: number;
  /** The clusters of its settings. */
  declared: readonly Cluster[];
};

/** This agent's place among the others, and its signs of life. */
export function createHeartbeat({ table, clock, monotonic, logger, leaseMs, declared, ...deps }: HeartbeatDeps) {
  let identity = deps.identity();
  let joinedAt: number | null = null;
  let renewedAt = -Infinity;
  let isTold = false;
  const silentMs = (): number => monotonic() - renewedAt;
  return {
    identity: (): AgentIdentity => identity,
    /** null: not joined (any more). */
    joinedAt: (): number | null => joinedAt,
    /** Since the last sign of life that the database took, counted from when it was sent. */
    silentMs,
    /** By its own clock nobody can have taken it for dead. */
    isSure: (): boolean => joinedAt !== null && silentMs() < leaseMs,
    async join(): Promise<void> {
      const sentAt = monotonic();
      identity = deps.identity();
      await table.join(identity, leaseMs, declared);
      joinedAt = clock.now();
      renewedAt = sentAt;
      logger.info({ agent: identity.name, id: identity.id }, 'joined the agents that share the clusters');
    },
    /** false: others have taken over. */
    async renew(outOfReach: readonly string[]): Promise<boolean> {
      const { id } = identity;
      const sentAt = monotonic();
      if (!(await table.renew(id, leaseMs, outOfReach))) return false;
      if (id !== identity.id) return true;
      renewedAt = sentAt;
      if (isTold) logger.info('the lease is renewed again; nobody took over meanwhile');
      isTold = false;
      return true;
    },
    /** The database did not answer; told once when a lease has passed. */
    missed(clusters: () => readonly string[]): void {
      if (isTold || joinedAt === null || silentMs() < leaseMs) return;
      isTold = true;
      logger.warn(
        { clusters: clusters() },
        'the lease could not be renewed in time: others may have taken over. This agent writes only what they have not',
      );
    },
    /** Others took over: it has to join anew. */
    end(): void {
      joinedAt = null;
      isTold = false;
    },
  };
}
