import type { BandSeries, BaselineAnswer, BaselineMetric } from '../contract/api.ts';
import { BASELINE_METRICS } from '../contract/anomalies.ts';
import { bandAt, type HpaProfile, type Profile } from '../domain/profile.ts';
import type { ValueColumn } from '../domain/sample.ts';
import type { Exclusion } from '../storage/anomaly-store.ts';
import type { StoredHpa } from '../storage/store.ts';
import type { BaselineRequest } from './baseline-request.ts';
import type { TimeRange } from './time-range.ts';
import { iso, isoOrNull } from './time-text.ts';

/** The column of a sample that each metric with a baseline is. */
export const COLUMN_OF_METRIC: Record<BaselineMetric, ValueColumn> = {
  cpu: 'cpuCurrent',
  memory: 'memoryCurrent',
  replicas: 'replicasCurrent',
  pressure: 'pressure',
};

const byMetric = <T>(valueOf: (metric: BaselineMetric) => T): Record<BaselineMetric, T> => ({
  cpu: valueOf('cpu'),
  memory: valueOf('memory'),
  replicas: valueOf('replicas'),
  pressure: valueOf('pressure'),
});

const oneDecimal = (value: number): number => Math.round(value * 10) / 10;
const threeDecimals = (value: number): number => Math.round(value * 1_000) / 1_000;

export type BaselineFacts = { hpa: StoredHpa; profile: HpaProfile | null; exclusions: readonly Exclusion[] };

/** What is known of what is usual for an HPA. */
export function presentBaseline({ hpa, profile, exclusions }: BaselineFacts): BaselineAnswer['baseline'] {
  const { state, columns } = hpa.baseline;
  const learned = BASELINE_METRICS.flatMap((metric) => profile?.[metric] ?? []);
  return {
    state,
    coverage: byMetric((metric) => {
      const share = columns[COLUMN_OF_METRIC[metric]];
      return share === undefined ? null : oneDecimal(share);
    }),
    window:
      learned.length === 0
        ? null
        : {
            from: iso(Math.min(...learned.map(({ from }) => from))),
            to: iso(Math.max(...learned.map(({ to }) => to))),
          },
    timezone: hpa.timezone ?? 'UTC',
    normal_since: isoOrNull(hpa.normalSince ?? null),
    model: byMetric((metric) => profile?.[metric]?.model ?? null),
    exclusions: exclusions.map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
  };
}

export function instantsOf({ from, to, stepMs }: TimeRange): number[] {
  const instants: number[] = [];
  for (let at = from; at <= to; at += stepMs) instants.push(at);
  return instants;
}

/** The bands of the metrics asked for; null: nothing was learned of it. */
export function presentBands(
  profile: HpaProfile | null,
  { from, to, stepMs, metrics }: BaselineRequest,
): BaselineAnswer['bands'] {
  const instants = instantsOf({ from, to, stepMs });
  const timestamps = instants.map(iso);
  return Object.fromEntries(
    metrics.map((metric) => {
      const known = profile?.[metric];
      return [metric, known ? { timestamps, ...bandsAt(known, instants) } : null];
    }),
  );
}

function bandsAt(profile: Profile, instants: readonly number[]): Omit<BandSeries, 'timestamps'> {
  const bands = instants.map((at) => bandAt(profile, at));
  return {
    expected: bands.map(({ expected }) => threeDecimals(expected)),
    lower: bands.map(({ lower }) => threeDecimals(lower)),
    upper: bands.map(({ upper }) => threeDecimals(upper)),
  };
}
