import { MINUTE } from '../core/clock.ts';
import type { ProfiledMetric } from '../domain/anomaly.ts';
import type { Maybe, Sample, SpecColumn } from '../domain/sample.ts';
import type { SurpriseState } from '../domain/surprise.ts';
import type { LoadOrigin } from './load-origin.ts';

/** One minute of the last quarter of an hour. */
export type Minute = { ts: number; current: Maybe; desired: Maybe; ready: Maybe };

export type MetricMemory = {
  /** Since when the value is outside its band on this side; null: inside. */
  outSince: number | null;
  side: -1 | 0 | 1;
  /** Since when it is outside although neither the load nor the controller explains it; null: it is not. */
  straySince: number | null;
  /** A deviation is on: because the load jumped, or because nothing explains it; absent: none is. */
  on?: 'load' | 'stray' | undefined;
  surprise: SurpriseState | null;
  /** Decades of probability at the last 5-minute point. */
  score: number;
};

export type ConfigChange = { field: SpecColumn; from: number; to: number };

/** What the judge remembers of one HPA between two samples. Plain data, about 3 KB as JSON. */
export type JudgeState = {
  /** The last sample judged; null: none yet. */
  at: number | null;
  /** The last known spec. */
  spec: Partial<Record<SpecColumn, number>>;
  changes: { at: number; of: readonly ConfigChange[] } | null;
  recent: readonly Minute[];
  /** Since when samples of a cluster that answers hold nothing of this HPA; null: they do. */
  emptySince: number | null;
  /** Since when its pods have no metrics although there are replicas. */
  podsEmptySince: number | null;
  /** CPU is not to be trusted before this instant: a rate over a window with a hole in it is too low. */
  cpuSettledAt: number;
  load: LoadMemory;
  metrics: Readonly<Record<ProfiledMetric, MetricMemory>>;
  /** Memory against what is expected, every 5 minutes, oldest first: [instant, MiB above expected, MiB]. */
  memoryPoints: readonly (readonly [number, number, number])[];
  /** Since when pressure is low with more replicas than the minimum; since when it is low at the minimum. */
  idleSince: number | null;
  idleAtMinSince: number | null;
};

/** The load (logarithm of demand) against the profile. */
export type LoadMemory = {
  /** Slowly followed difference between the load and the profile: weekends, growth. null: not known yet. */
  drift: number | null;
  /** Where it last went away from; absent: nowhere, or long ago. */
  origin?: LoadOrigin | undefined;
  /** The load of the last quarter of an hour or so: what it would have jumped from. null: not known. */
  recent: number | null;
  /** Since when it has jumped away from profile + drift; null: it has not. */
  since: number | null;
  side: -1 | 0 | 1;
  /** Difference to the profile and to profile + drift now; null: not known. */
  residual: number | null;
  jump: number | null;
  /** What counts as a jump. */
  limit: number;
  /** Mean jump since it began, and of how many samples. */
  mean: number;
  count: number;
};

const QUIET: MetricMemory = { outSince: null, side: 0, straySince: null, surprise: null, score: 0 };
export const NO_JUMP = { since: null, side: 0, mean: 0, count: 0 } as const;

export const newJudgeState = (): JudgeState => ({
  at: null,
  spec: {},
  changes: null,
  recent: [],
  emptySince: null,
  podsEmptySince: null,
  cpuSettledAt: 0,
  load: { drift: null, recent: null, residual: null, jump: null, limit: 0, ...NO_JUMP },
  metrics: { cpu: QUIET, memory: QUIET, replicas: QUIET, pressure: QUIET },
  memoryPoints: [],
  idleSince: null,
  idleAtMinSince: null,
});

const RECENT_MS = 15 * MINUTE;
const SPEC_FIELDS = ['replicasMin', 'replicasMax', 'cpuTarget', 'memoryTarget'] as const;

export function rememberSpec(state: JudgeState, sample: Sample): Pick<JudgeState, 'spec' | 'changes'> {
  const spec = { ...state.spec };
  const of: ConfigChange[] = [];
  for (const field of SPEC_FIELDS) {
    const [before, now] = [spec[field], sample[field]];
    if (now === null) continue;
    if (before !== undefined && before !== now) of.push({ field, from: before, to: now });
    spec[field] = now;
  }
  return { spec, changes: of.length > 0 ? { at: sample.ts, of } : state.changes };
}

export function rememberReplicas(state: JudgeState, sample: Sample): readonly Minute[] {
  if (sample.replicasCurrent === null) return state.recent;
  const { ts, replicasCurrent: current, replicasDesired: desired, replicasReady: ready } = sample;
  return [...state.recent.filter((minute) => minute.ts > ts - RECENT_MS), { ts, current, desired, ready }];
}
