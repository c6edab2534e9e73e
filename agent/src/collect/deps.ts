import type { Clock } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import type { EventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import type { DiscoveredHpa } from '../domain/hpa.ts';
import type { DiscoveredFact, Store, StoredHpa } from '../storage/store.ts';
import type { TrackedHpa } from './assemble.ts';
import type { ClusterSession } from './collector.ts';
import type { Survey } from './discover.ts';

/** Only what collecting uses of the store. */
export type CollectStore = Pick<
  Store,
  | 'hpasOfCluster'
  | 'saveDiscovered'
  | 'writeSamples'
  | 'openGaps'
  | 'dueBackfills'
  | 'saveBaseline'
  | 'countPoints'
  | 'readSeries'
>;

export type CollectConfig = {
  /** Span of a backfill, ms. */
  windowMs: number;
  /** Step of a backfill, ms. */
  stepMs: number;
  /** Share in % that `ready` needs. */
  minCoverage: number;
  /** HPAs of one backfill or catch-up query. */
  groupSize: number;
  /** How long minute rows are kept, ms; older gaps are collected at 5 m. */
  minuteRetentionMs: number;
};

export type CollectDeps = {
  store: CollectStore;
  clock: Clock;
  events: EventBus;
  logger: Logger;
  config: CollectConfig;
};

/** @throws AgentError `scan/stale-lease` when the address may answer for another cluster by now */
export function assertCurrent(session: ClusterSession): void {
  if (session.isCurrent()) return;
  const message = `the way to ${session.cluster} changed while it was being asked; the answer was thrown away`;
  throw new AgentError('scan/stale-lease', message, { retryable: true });
}

/** What the survey shows wins over what the store remembers; what it does not show stays. */
export const tracked = (stored: readonly StoredHpa[], survey: Pick<Survey, 'hpas'>): TrackedHpa[] => {
  const shown = new Map(survey.hpas.map((hpa) => [`${hpa.namespace}/${hpa.hpa}`, hpa]));
  return stored.map(({ id, namespace, hpa, target }) => ({
    id,
    namespace,
    hpa,
    target: shown.get(`${namespace}/${hpa}`)?.target ?? target,
  }));
};

/** A discovered HPA as facts to keep; what this cluster does not tell is left as it was. */
export const factOf = ({ namespace, hpa, target, metrics }: DiscoveredHpa, seenAt: number): DiscoveredFact => ({
  namespace,
  hpa,
  seenAt,
  ...(target === null ? {} : { target }),
  ...(metrics.length === 0 ? {} : { metrics }),
});

export const isoTime = (ms: number): string => new Date(ms).toISOString();
