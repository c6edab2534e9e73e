import type { Discovery } from '../collect/collector.ts';
import type { EnrolResult } from '../collect/enrolment.ts';
import type { Clock } from '../core/clock.ts';
import type { AgentError } from '../core/errors.ts';
import type { EventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import type { Metrics } from '../core/metrics.ts';
import type { AgentState } from '../domain/agent-state.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { ForwardInfo } from '../domain/forward.ts';
import type { HpaKey } from '../domain/hpa.ts';
import type { ClusterInfo, ScheduleView } from '../domain/schedule-view.ts';
import type { HpaProfile } from '../domain/profile.ts';
import type { Rebuilt } from '../storage/sqlite/rebuilt-report.ts';
import type { BufferState } from '../storage/spool/buffered-store.ts';
import type { Store, StoredHpa } from '../storage/store.ts';

/** Everything the HTTP API asks of the agent. Whatever it writes goes through the other services, never the store. */
export type Services = {
  store: Pick<
    Store,
    | 'listHpas'
    | 'findHpa'
    | 'hpasOfCluster'
    | 'countByCluster'
    | 'readSeries'
    | 'readSeriesOf'
    | 'anomalyChanges'
    | 'counts'
    | 'listAnomalies'
    | 'findAnomaly'
    | 'exclusionsOf'
    | 'changesOf'
  >;
  enrolment: Enrolment;
  anomalies: Anomalies;
  baselines: Baselines;
  fleet: Fleet;
  schedule: { view(now: number): ScheduleView };
  forwards: () => ForwardInfo[];
  /** All agents that share the database; with SQLite this one. */
  agents: () => AgentState[];
  /** The last time a damaged database was replaced, as long as it is kept; null: never, or the damaged one is gone. */
  rebuilt: () => Rebuilt | null;
  /** What waits for the database; null: it is in this process, and cannot be away. */
  buffer: () => BufferState | null;
  events: EventBus;
  metrics: Pick<
    Metrics,
    | 'registry'
    | 'anomalyFiring'
    | 'databaseBytes'
    | 'databaseRows'
    | 'databaseUp'
    | 'bufferedBytes'
    | 'authRefusals'
    | 'certificateExpiry'
  >;
  clock: Clock;
  logger: Logger;
  version: string;
  ready: () => ReadyState;
};

export type Enrolment = {
  /** One result a key, in the order asked; a key that fails stops no other. Adds clusters that the kubeconfig knows. */
  enrol(keys: HpaKey[]): Promise<EnrolResult[]>;
  /** Every HPA that the cluster (or one namespace) shows now. Rejects where the cluster cannot be asked. */
  enrolAll(cluster: string, namespace?: string): Promise<EnrolResult[]>;
  /** @throws AgentError `hpa/not-enrolled` */
  stop(key: HpaKey, options: { purge: boolean }): Promise<void>;
  /** Collects the history again. @throws AgentError `hpa/not-enrolled` */
  backfill(key: HpaKey): Promise<{ started: boolean; estimatedCompletion: number | null }>;
  /** @throws AgentError `hpa/not-enrolled` */
  patch(key: HpaKey, patch: EnrolmentPatch): Promise<void>;
};

/** `timezone` null: back to UTC. `mutedUntil` epoch ms; null: not muted. What is absent stays. */
export type EnrolmentPatch = { active?: boolean; timezone?: string | null; mutedUntil?: number | null };

export type Anomalies = {
  /** All that fire now, from memory: called for each list, summary and scrape. */
  firing(): readonly Anomaly[];
  /** Of the clusters that this agent watches: where several share a database each tells its own to Prometheus. */
  firingHere(): readonly Anomaly[];
  /** Says that somebody looks after it, or takes that back; null: there is no such anomaly. */
  acknowledge(id: string, on: boolean): Promise<Anomaly | null>;
  /** Leaves its minutes out of the baseline, or uses them again, and has the profile learned anew; null: no such anomaly. */
  exclude(id: string, on: boolean): Promise<Anomaly | null>;
};

export type Baselines = {
  /** What was learned of an HPA; null: nothing yet. */
  profileOf(hpa: Pick<StoredHpa, 'id' | 'cluster'>): Promise<HpaProfile | null>;
  /**
   * From `since` (epoch ms) on is the new normal, null takes it back; the profile is learned anew.
   * @throws AgentError `hpa/not-enrolled`
   */
  accept(hpa: StoredHpa, since: number | null): Promise<void>;
};

export type Fleet = {
  list(): ClusterInfo[];
  /** Without context and address the context is found by the name. @throws AgentError `cluster/exists`, `cluster/unknown` */
  add(definition: ClusterDefinition): Promise<ClusterInfo>;
  /** @throws AgentError `cluster/from-config`, `cluster/not-found` */
  remove(name: string): Promise<void>;
  /** The canonical name of a watched cluster. @throws AgentError `cluster/unknown` with the contexts there are */
  resolve(name: string): string;
  discover(cluster: string, signal: AbortSignal): Promise<Discovery>;
};

export type ClusterDefinition = { name: string; context?: string; prometheusUrl?: string };

export type ReadyState = { ready: true } | { ready: false; error: AgentError };
