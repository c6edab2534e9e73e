import {
  ANOMALY_KIND_NAMES,
  BASELINE_METRICS,
  SEVERITY_NAMES,
  type AnomalyKindName,
  type AnomalyStateName,
  type BaselineMetric,
  type SeverityName,
} from '../contract/anomalies.ts';
import type { HpaKey } from './hpa.ts';

/** The lists are those of the API: one place for each. */
export const ANOMALY_KINDS = ANOMALY_KIND_NAMES;
export type AnomalyKind = AnomalyKindName;

/** From weak to strong. */
export const SEVERITIES: readonly Severity[] = [...SEVERITY_NAMES].reverse();
export type Severity = SeverityName;

/** The metrics that have a baseline profile. cpu in %, memory in MiB a pod, replicas, pressure as current/target. */
export const PROFILED_METRICS = BASELINE_METRICS;
export type ProfiledMetric = BaselineMetric;

/** What is usual at one instant. `lower` and `upper` bound what is seen about 99 % of the time. */
export type Band = { expected: number; lower: number; upper: number };

/** What a detector says of one HPA at one sample. Nothing to say: no finding. Times are sample times, epoch ms. */
export type Finding = {
  kind: AnomalyKind;
  severity: Severity;
  /** The sample judged. */
  at: number;
  /** The first sample of what this finding is about, where the detector has watched it for a while already; else `at`. */
  since?: number;
  /** enter: beyond the limit that opens an anomaly; hold: only beyond the lower one that keeps an open one open. */
  level: 'enter' | 'hold';
  metric: ProfiledMetric | null;
  direction: 'over' | 'under' | null;
  observed: number | null;
  band: Band | null;
  /** How unusual, in decades of probability where a band is concerned; else the ratio to the rule's limit. */
  score: number;
  /** Numbers and words that the sentence is made of. */
  facts: Readonly<Record<string, number | string | null>>;
};

export type AnomalyState = AnomalyStateName;

/** One open or past anomaly of an HPA. At most one open a (HPA, kind). Times are sample times, epoch ms. */
export type Anomaly = {
  /** Stays the same from pending to resolved, over restarts too. */
  id: string;
  hpaId: number;
  key: HpaKey;
  kind: AnomalyKind;
  severity: Severity;
  state: AnomalyState;
  /** First sample of the departure. */
  startedAt: number;
  firedAt: number | null;
  lastSeenAt: number;
  endedAt: number | null;
  metric: ProfiledMetric | null;
  direction: 'over' | 'under' | null;
  /** At the last sample that showed it, and the band then. */
  observed: number | null;
  band: Band | null;
  /** The highest so far. */
  score: number;
  /** One sentence a tired person understands at night. */
  sentence: string;
  /** What to try next, as a sentence; null where nothing sensible can be said. */
  advice: string | null;
  /** The query that shows it. */
  promql: string;
  /** The anomaly of the same HPA that this one belongs under; null: it stands by itself. */
  parentId: string | null;
  /** Shared by anomalies of many HPAs of a cluster that began together. */
  clusterEventId: string | null;
  acknowledgedAt: number | null;
  /** Its minutes are left out of the baseline. */
  excluded: boolean;
};
