import type { Cluster } from './cluster.ts';

/**
 * Who watches which cluster where several agents share one database. An agent keeps one row alive (its heartbeat); a lease says which agent owns a
 * cluster, with a fence that grows with each change of owner. Times are epoch ms of the database's clock.
 */
export type AgentIdentity = {
  /** Of this run of the agent: another start, another id. */
  id: string;
  /** For people; stays over restarts. */
  name: string;
  version: string;
  url: string | null;
  /** Of its data directory, which one process at most uses: the next one there takes over what the last one had, at once. */
  home: string;
};

export type AgentRecord = AgentIdentity & {
  startedAt: number;
  seenAt: number;
  /** Since when its heartbeat goes on without a gap as long as a lease. */
  steadySince: number;
  /** Its heartbeat is younger than a lease. */
  isLive: boolean;
  /** It left, or others took over: it never comes back under this id. */
  isDead: boolean;
  /** It is about to stop and takes nothing more. */
  isLeaving: boolean;
  /** Clusters that it has no way to. */
  outOfReach: readonly string[];
};

export type ClusterLease = {
  /** A cluster, or one of DUTIES. */
  name: string;
  /** Id of an agent; null: nobody. */
  owner: string | null;
  fence: number;
  /** Since when the owner is the owner. */
  since: number;
  /** Whom the owner gives it to as soon as it has put it down. */
  promisedTo: string | null;
};

/** What one agent does for all. No cluster can be called so. */
export const DUTIES = ['*housekeeping', '*notifications'] as const;
export type Duty = (typeof DUTIES)[number];
export const isDuty = (name: string): boolean => name.startsWith('*');

/** A cluster of the list that all agents share. */
export type SharedCluster = Pick<Cluster, 'name' | 'reach' | 'source'> & {
  /** null: that of the agent that watches it. */
  prometheus: Cluster['prometheus'] | null;
  createdAt: number;
};

/** Something that the owner of a cluster has to know, told by another agent. */
export type Notice = {
  cluster: string;
  kind: 'backfill' | 'relearn' | 'anomaly';
  /** relearn: `namespace/hpa`; anomaly: its id; backfill: nothing. */
  about: string;
};

/** All of it at one instant. */
export type SharedState = {
  now: number;
  agents: readonly AgentRecord[];
  leases: readonly ClusterLease[];
  clusters: readonly SharedCluster[];
  /** Of the last minute. */
  notices: readonly (Notice & { id: string; sender: string })[];
};

/** What an agent wants changed. */
export type Changes = {
  claim: readonly string[];
  promise: readonly { name: string; to: string }[];
  /** Its own that exist no longer, or that it cannot reach any more. */
  release: readonly string[];
};

/** The database's part. Every method is one transaction and rejects with AgentError `storage/*`. */
export type LeaseTable = {
  /** Frees what an agent of the same home had, and replaces what an agent of this name declared. */
  join(agent: AgentIdentity, leaseMs: number, declared: readonly Cluster[]): Promise<void>;
  /** false: it was given up for dead, and others took what it had; it has to join anew. */
  renew(id: string, leaseMs: number, outOfReach: readonly string[]): Promise<boolean>;
  read(): Promise<SharedState>;
  /**
   * Does what `wanted` says of the state as it is then. A claim succeeds where the owner is nobody or dead: who is dead is then given up for
   * good. What a write of the old owner holds at this moment is left for next time. false: another agent is changing something.
   */
  change(id: string, wanted: (state: SharedState) => Changes): Promise<boolean>;
  /** Gives away what was promised; where that agent is gone meanwhile, it is free. Nothing where `id` does not own it at this fence. */
  handOver(id: string, name: string, fence: number): Promise<void>;
  /** From now on it is given nothing more. */
  announceLeave(id: string): Promise<void>;
  /** Frees all that it owns. */
  leave(id: string): Promise<void>;
  /** Nobody owns it any more, and whoever wrote for it is refused from now on: it is about to be removed. */
  free(name: string): Promise<void>;
  tell(sender: string, notice: Notice): Promise<void>;
};
