import type { AnomalyKind, Finding, ProfiledMetric } from '../domain/anomaly.ts';
import type { Expectation, HpaProfile } from '../domain/profile.ts';
import type { Maybe, Sample } from '../domain/sample.ts';
import type { Limits } from './limits.ts';
import type { JudgeState } from './memory.ts';

/** What a detector sees: the sample, what is usual at its time, what was seen before, and the limits. Nothing of the future. */
export type Moment = {
  sample: Sample;
  /** The memory with this sample already in it. */
  memory: JudgeState;
  profile: HpaProfile;
  limits: Limits;
  /** What is usual now, per metric that has a profile. */
  usual: Partial<Record<ProfiledMetric, Expectation>>;
};

/**
 * A finding; `null` for nothing to say; `unknown` where the sample lacks what the kind needs; `over` where it shows that what there may have
 * been has ended, so that nobody has to wait for the quiet minutes of the kind.
 */
export type Verdict = Finding | null | 'unknown' | 'over';
export type Detector = (moment: Moment) => Verdict;

export const valueOf = (sample: Sample, metric: ProfiledMetric): Maybe => {
  switch (metric) {
    case 'cpu':
      return sample.cpuCurrent;
    case 'memory':
      return sample.memoryCurrent;
    case 'replicas':
      return sample.replicasCurrent;
    case 'pressure':
      return sample.pressure;
  }
};

/** A finding of a rule, which has neither metric nor band. */
export const ruleFinding = (
  kind: AnomalyKind,
  { sample }: Moment,
  rest: Pick<Finding, 'severity' | 'level' | 'score' | 'facts'> & Partial<Finding>,
): Finding => ({ kind, at: sample.ts, metric: null, direction: null, observed: null, band: null, ...rest });
