import type { EnrolResultView, HpaDetail, HpaItem, SampleView, SeriesMetric } from '../contract/api.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { Column, Sample } from '../domain/sample.ts';
import type { HpaRow } from '../storage/store.ts';
import type { FleetRow } from './fleet-shelf.ts';
import { firingByHpa, NOTHING_FIRES, worstByHpa, worstFirst, type FiringOfHpa } from './firing.ts';
import { presentAnomaly } from './present-anomaly.ts';
import { faultOf } from './present-forward.ts';
import type { EnrolResult } from '../collect/enrolment.ts';
import { iso, isoOrNull } from './time-text.ts';

/** Names of the columns in the API and in the agent. */
export const COLUMN_OF: Record<SeriesMetric, Column> = {
  cpu_current: 'cpuCurrent',
  memory_current: 'memoryCurrent',
  memory_utilization: 'memoryUtilization',
  replicas_current: 'replicasCurrent',
  replicas_desired: 'replicasDesired',
  replicas_ready: 'replicasReady',
  pressure: 'pressure',
  scaling_limited: 'scalingLimited',
  scaling_active: 'scalingActive',
  cpu_target: 'cpuTarget',
  memory_target: 'memoryTarget',
  replicas_min: 'replicasMin',
  replicas_max: 'replicasMax',
};

const NAME_OF = Object.fromEntries(Object.entries(COLUMN_OF).map(([name, column]) => [column, name]));

export function presentSample(sample: Sample): SampleView {
  const values = Object.entries(COLUMN_OF).map(([name, column]) => [name, sample[column]] as const);
  return {
    timestamp: iso(sample.ts),
    ...(Object.fromEntries(values) as Record<SeriesMetric, number | null>),
    cpu_basis: sample.cpuBasis,
    approximate: sample.approximate,
  };
}

const oneDecimal = (value: number): number => Math.round(value * 10) / 10;
const roundOrNull = (value: number | null): number | null => (value === null ? null : oneDecimal(value));

/** What an HPA's own row does not tell. */
export type HpaFacts = {
  firing: ReadonlyMap<number, FiringOfHpa>;
  worst: ReadonlyMap<number, Anomaly>;
  now: number;
};

export const hpaFacts = (firing: readonly Anomaly[], now: number): HpaFacts => ({
  firing: firingByHpa(firing),
  worst: worstByHpa(firing),
  now,
});

export const presentWorst = (anomaly: Anomaly | undefined): HpaItem['worst_anomaly'] =>
  anomaly
    ? {
        id: anomaly.id,
        kind: anomaly.kind,
        severity: anomaly.severity,
        sentence: anomaly.sentence,
        started_at: iso(anomaly.startedAt),
        acknowledged_at: isoOrNull(anomaly.acknowledgedAt),
      }
    : null;

export function presentHpa(row: FleetRow, { firing, worst, now }: HpaFacts): HpaItem {
  const coverage = roundOrNull(row.baseline.coverage);
  return {
    cluster: row.cluster,
    namespace: row.namespace,
    hpa: row.hpa,
    has_baseline: row.baseline.readyAt !== null,
    monitoring_active: row.active,
    last_scan: isoOrNull(row.lastScanAt),
    baseline_coverage: coverage,
    baseline: {
      state: row.baseline.state,
      coverage,
      progress: oneDecimal(row.baseline.progress),
      reason: row.baseline.reason,
    },
    anomalies: firing.get(row.id) ?? NOTHING_FIRES,
    worst_anomaly: presentWorst(worst.get(row.id)),
    muted_until: row.mutedUntil !== null && row.mutedUntil > now ? iso(row.mutedUntil) : null,
    gone_since: isoOrNull(row.goneSince),
    latest: row.latest && presentSample(row.latest),
  };
}

const flagOf = (value: number | null | undefined): boolean | null => (value == null ? null : value !== 0);

/** `open`: its anomalies that fire. */
export function presentHpaDetail(row: HpaRow, facts: HpaFacts, open: readonly Anomaly[]): HpaDetail {
  const item = presentHpa(row, facts);
  const { columns, windowEnd, attempts, nextAttemptAt, readyAt } = row.baseline;
  return {
    ...item,
    timezone: row.timezone ?? 'UTC',
    enrolled_at: iso(row.enrolledAt),
    seen_at: isoOrNull(row.seenAt),
    target: row.target,
    metrics: row.metrics,
    conditions: {
      scaling_active: flagOf(row.latest?.scalingActive),
      scaling_limited: flagOf(row.latest?.scalingLimited),
    },
    open_anomalies: open.toSorted(worstFirst).map(presentAnomaly),
    baseline: {
      ...item.baseline,
      columns: Object.fromEntries(
        Object.entries(columns).map(([column, share]) => [NAME_OF[column] ?? column, oneDecimal(share)]),
      ),
      window_end: isoOrNull(windowEnd),
      attempts,
      next_attempt: isoOrNull(nextAttemptAt),
      ready_at: isoOrNull(readyAt),
    },
  };
}

export const presentEnrolment = (result: EnrolResult): EnrolResultView => ({
  ...result.key,
  outcome: result.outcome,
  has_baseline: result.hasBaseline,
  baseline_collection_started: result.collectionStarted,
  estimated_completion: isoOrNull(result.estimatedCompletion),
  ...(result.error ? { error: faultOf(result.error) } : {}),
});
