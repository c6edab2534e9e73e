import { DAY, HOUR } from '../core/clock.ts';
import type { Anomaly, AnomalyKind, ProfiledMetric } from '../domain/anomaly.ts';
import type { HpaKey, ScaleTarget } from '../domain/hpa.ts';
import { bandAt, decadesOf, departure, expectationAt, type HpaProfile } from '../domain/profile.ts';
import { emptySample, type Sample } from '../domain/sample.ts';
import { explain } from './explain.ts';
import { judge } from './judge.ts';
import type { Limits } from './limits.ts';
import { advance } from './lifecycle.ts';
import { newJudgeState } from './memory.ts';
import { valueOf } from './moment.ts';

export type BacktestOptions = {
  key: HpaKey;
  target: ScaleTarget | null;
  timezone: string;
  limits: Limits;
  /** The metric whose points are told; anomalies are of every kind. */
  metric: ProfiledMetric;
  /** How much history a first profile needs; nothing is judged by bands before. */
  baselineMs?: number;
  /** How often the profile is made anew. */
  refreshMs?: number;
  /** Makes profiles of samples, ascending: `learn` of baseline. It is only ever given what lies before the sample judged. */
  learn: (history: readonly Sample[]) => HpaProfile;
};

export type BacktestPoint = {
  timestamp: string;
  value: number | null;
  /** null before there is a profile. */
  expected: number | null;
  lower: number | null;
  upper: number | null;
  score: number | null;
};

export type BacktestAnomaly = {
  kind: AnomalyKind;
  start: string;
  /** null: still on at the last sample. */
  end: string | null;
  score: number;
  sentence: string;
};

export type BacktestResult = { points: BacktestPoint[]; anomalies: BacktestAnomaly[] };

/** Profiles look back at most this far. */
const HISTORY_MS = 28 * DAY;

/**
 * Samples of one HPA, ascending, through the very code that judges live, one after the other: a point a sample, and the anomalies that
 * fired. Nothing after a sample has any part in what is said of it.
 */
export function backtest(samples: readonly Sample[], options: BacktestOptions): BacktestResult {
  const { key, target, timezone, limits, metric, baselineMs = 72 * HOUR, refreshMs = DAY, learn } = options;
  const first = samples[0]?.ts ?? 0;
  const fired = new Map<string, Anomaly>();
  const points: BacktestPoint[] = [];
  let state = newJudgeState();
  let known: Anomaly[] = [];
  let profile: HpaProfile = {};
  let refreshAt = first + baselineMs;
  for (const [index, sample] of samples.entries()) {
    if (sample.ts >= refreshAt) {
      profile = learn(samples.slice(0, index).filter(({ ts }) => ts > sample.ts - HISTORY_MS));
      refreshAt = sample.ts + refreshMs;
    }
    const judged = judge(state, sample, profile, limits);
    state = judged.state;
    const changes = state.changes === null ? [] : [{ kind: 'config' as const, ...state.changes }];
    const scene = { key, target, timezone, sample, changes };
    const moved = advance(
      known,
      { at: sample.ts, ...judged },
      { hpaId: 0, key, limits, describe: (finding, startedAt) => explain(finding, startedAt, scene) },
    );
    known = moved.next;
    for (const { anomaly } of moved.transitions) if (anomaly.firedAt !== null) fired.set(anomaly.id, anomaly);
    points.push(pointOf(sample, metric, profile, state.metrics[metric].score));
  }
  return { points, anomalies: [...fired.values()].map(told).sort((a, b) => (a.start < b.start ? -1 : 1)) };
}

function pointOf(sample: Sample, metric: ProfiledMetric, profile: HpaProfile, surprise: number): BacktestPoint {
  const [value, own] = [valueOf(sample, metric), profile[metric]];
  const timestamp = new Date(sample.ts).toISOString();
  if (own === undefined) return { timestamp, value, expected: null, lower: null, upper: null, score: null };
  const distance = value === null ? null : departure(expectationAt(own, sample.ts), value);
  const score = distance === null ? null : Math.max(surprise, decadesOf(distance));
  return { timestamp, value, ...bandAt(own, sample.ts), score };
}

const told = ({ kind, startedAt, endedAt, score, sentence }: Anomaly): BacktestAnomaly => ({
  kind,
  start: new Date(startedAt).toISOString(),
  end: endedAt === null ? null : new Date(endedAt).toISOString(),
  score,
  sentence,
});

const COLUMN = {
  cpu: 'cpuCurrent',
  memory: 'memoryCurrent',
  replicas: 'replicasCurrent',
  pressure: 'pressure',
} as const satisfies Record<ProfiledMetric, keyof Sample>;

/** A single series, such as a file of timestamp and value, as samples of which only one column is known. */
export const samplesOfSeries = (series: readonly { ts: number; value: number }[], metric: ProfiledMetric): Sample[] =>
  series.map(({ ts, value }) => ({ ...emptySample(ts), [COLUMN[metric]]: value }));
