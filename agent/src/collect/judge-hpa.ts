import type { Anomaly } from '../domain/anomaly.ts';
import type { HpaProfile } from '../domain/profile.ts';
import type { Sample } from '../domain/sample.ts';
import { judge, remembered } from '../detect/judge.ts';
import { advance, type LifecycleContext, type Transition } from '../detect/lifecycle.ts';
import type { Limits } from '../detect/limits.ts';
import { newJudgeState, type JudgeState } from '../detect/memory.ts';

/** What is carried from one minute of an HPA to the next. Plain data. */
export type HpaWatchState = {
  judge: JudgeState;
  /** Pending, firing and lately resolved anomalies. */
  anomalies: Anomaly[];
};

export type JudgedHpa = {
  state: HpaWatchState;
  /** The last thing that happened to each anomaly, the most telling one where several did. */
  transitions: Transition[];
};

/** Changes that people hear of or that must not be forgotten by a crash. */
export const isTelling = ({ change }: Transition): boolean =>
  change !== 'updated' && change !== 'pending' && change !== 'dropped';

export type JudgeContext = Omit<LifecycleContext, 'describe'> & {
  /** How a finding about this sample is put in words. */
  describeAt: (state: JudgeState, sample: Sample) => LifecycleContext['describe'];
};

/** Takes the samples of one HPA, ascending, through detectors and lifecycle, minute by minute. */
export function judgeHpa(
  before: HpaWatchState,
  samples: readonly Sample[],
  profile: HpaProfile,
  { describeAt, ...context }: JudgeContext,
): JudgedHpa {
  let { judge: memory, anomalies } = before;
  const last = new Map<string, Transition>();
  for (const sample of samples) {
    const verdict = judge(memory, sample, profile, context.limits);
    const step = advance(
      anomalies,
      { at: sample.ts, ...verdict },
      {
        ...context,
        describe: describeAt(verdict.state, sample),
      },
    );
    for (const transition of step.transitions) {
      const known = last.get(transition.anomaly.id);
      last.set(transition.anomaly.id, {
        anomaly: transition.anomaly,
        change: transition.change === 'updated' && known ? known.change : transition.change,
      });
    }
    memory = verdict.state;
    anomalies = step.next;
  }
  return { state: { judge: memory, anomalies }, transitions: [...last.values()] };
}

/**
 * The samples to judge of one HPA: one a minute at which its cluster answered, empty where the HPA had no row. `answered`: every
 * minute that has a row of any HPA of the cluster, ascending.
 */
export function withEmptyMinutes(
  rows: readonly Sample[],
  answered: readonly number[],
  empty: (ts: number) => Sample,
): Sample[] {
  const byTime = new Map(rows.map((row) => [row.ts, row]));
  return answered.map((ts) => byTime.get(ts) ?? empty(ts));
}

/**
 * The judge's memory after these samples, of which nothing is said: what was going on before an HPA was watched is not news, but
 * whether the load has been moving slowly or has just jumped can only be told by who saw the hours before.
 */
export const warmedUp = (samples: readonly Sample[], profile: HpaProfile, limits: Limits): JudgeState =>
  samples.reduce((memory, sample) => remembered(memory, sample, profile, limits), newJudgeState());

/** Every minute of which any HPA of a cluster has a row: its kube-state-metrics answered then. */
export const answeredMinutes = (rows: readonly (readonly Sample[])[]): number[] =>
  [...new Set(rows.flatMap((samples) => samples.map(({ ts }) => ts)))].sort((a, b) => a - b);
