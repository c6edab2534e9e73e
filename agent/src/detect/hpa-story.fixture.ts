import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import type { Anomaly, AnomalyKind, Finding } from '../domain/anomaly.ts';
import type { HpaKey } from '../domain/hpa.ts';
import { SLOT_MS, SLOTS_A_DAY, type HpaProfile, type Profile, type ProfileMetric } from '../domain/profile.ts';
import { emptySample, type Sample } from '../domain/sample.ts';
import { judge } from './judge.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { advance } from './lifecycle.ts';
import { newJudgeState, type JudgeState } from './memory.ts';

export const KEY: HpaKey = { cluster: 'prod-eu', namespace: 'payments', hpa: 'api' };
/** A Monday, 00:00 UTC. */
export const MONDAY = Date.UTC(2026, 10, 2);

/** Replicas-worth of work at a time of day: 3 at 02:00, 9 at 14:00. */
export const usualLoad = (at: number): number => 6 - 3 * Math.cos(((at % DAY) / DAY - 2 / 24) * 2 * Math.PI);

/** Deterministic noise of a few percent. */
const noise = (at: number): number => 1 + 0.03 * Math.sin(at / 97_001) + 0.02 * Math.sin(at / 41_003);

const [MIN, MAX, TARGET] = [2, 12, 70];
const replicasFor = (load: number): number => Math.max(MIN, Math.min(MAX, Math.ceil(load * 1.05)));

/** A healthy minute: the controller has followed the load. `load`: replicas-worth of work; `worked`: what it has followed so far. */
export function healthy(at: number, load = usualLoad(at), followed = load): Sample {
  const replicas = replicasFor(followed);
  const pressure = (load * noise(at)) / replicas;
  return {
    ...emptySample(at),
    cpuCurrent: TARGET * pressure,
    memoryCurrent: 230 + 40 * pressure,
    memoryUtilization: (230 + 40 * pressure) / 5.12,
    replicasCurrent: replicas,
    replicasDesired: replicas,
    replicasReady: replicas,
    pressure,
    scalingLimited: 0,
    scalingActive: 1,
    cpuTarget: TARGET,
    replicasMin: MIN,
    replicasMax: MAX,
    cpuBasis: 'request',
  };
}

const EDGE = { high: { u: 0.2, e: 0.1 }, low: { u: 0.2, e: 0.1 } };

function profileOf(metric: ProfileMetric, floor: number, value: (sample: Sample) => number): Profile {
  const slots = Array.from({ length: SLOTS_A_DAY }, (_, i) => value(healthy(MONDAY + (i + 0.5) * SLOT_MS)));
  const tails = { high: { u: floor, e: floor / 2 }, low: { u: floor, e: floor / 2 } };
  return {
    metric,
    timezone: 'UTC',
    from: MONDAY - 3 * DAY,
    to: MONDAY,
    points: 864,
    model: 'daily',
    level: slots[0] ?? 0,
    slots,
    doubt: null,
    days: { working: 3, weekend: 2 },
    floor,
    spread: tails,
    surprise: { level: tails, jump: metric === 'demand' ? EDGE : tails, misfit: tails.high },
  };
}

/** What is usual of the healthy HPA. */
export const PROFILE: HpaProfile = {
  cpu: profileOf('cpu', 8, ({ cpuCurrent }) => cpuCurrent ?? 0),
  memory: profileOf('memory', 8, ({ memoryCurrent }) => memoryCurrent ?? 0),
  replicas: profileOf('replicas', 1, ({ replicasCurrent }) => replicasCurrent ?? 0),
  pressure: profileOf('pressure', 0.12, ({ pressure }) => pressure ?? 0),
  demand: profileOf('demand', 0.1, (sample) => Math.log((sample.replicasCurrent ?? 0) * (sample.pressure ?? 0))),
};

/** What differs in a minute; null: no sample at all. `at` minutes count from the start of the story. */
export type Twist = (minute: number, usual: Sample) => Partial<Sample> | null;

/** `hours` of minutes from `start` on. */
export function story(hours: number, twist: Twist = () => ({}), start = MONDAY + 9 * HOUR): Sample[] {
  const samples: Sample[] = [];
  for (let minute = 0; minute < hours * 60; minute++) {
    const at = start + minute * MINUTE;
    const usual = healthy(at);
    const changed = twist(minute, usual);
    if (changed !== null) samples.push({ ...usual, ...changed });
  }
  return samples;
}

/** The load times `factor` in minutes [from, to), followed by the controller a minute later, and down after five. */
export const loadTimes =
  (factor: number, from: number, to: number): Twist =>
  (minute, { ts }) => {
    const during = (m: number) => m >= from && m < to;
    const usual = usualLoad(ts);
    const load = during(minute) ? usual * factor : usual;
    const followed = [0, 1, 2, 3, 4].map((back) => (during(minute - 1 - back) ? usual * factor : usual));
    return healthy(ts, load, factor > 1 ? Math.max(...followed) : Math.max(...followed));
  };

export type Watched = {
  /** All that fired, in order. */
  fired: Anomaly[];
  findings: Finding[];
  state: JudgeState;
  known: Anomaly[];
};

/** What the watch starts with; usually nothing known, default limits, the healthy HPA's profile. */
export type Start = { profile?: HpaProfile; limits?: Limits; state?: JudgeState; known?: Anomaly[] };

/** Every sample through judge and lifecycle. */
export function watch(
  samples: readonly Sample[],
  { profile = PROFILE, limits = DEFAULT_LIMITS, state = newJudgeState(), known = [] }: Start = {},
): Watched {
  const fired = new Map<string, Anomaly>();
  const findings: Finding[] = [];
  for (const sample of samples) {
    const judged = judge(state, sample, profile, limits);
    state = judged.state;
    findings.push(...judged.findings);
    const moved = advance(
      known,
      { at: sample.ts, ...judged },
      { hpaId: 7, key: KEY, limits, describe: ({ kind }) => ({ sentence: kind, advice: null, promql: '' }) },
    );
    known = moved.next;
    for (const { anomaly } of moved.transitions) if (anomaly.firedAt !== null) fired.set(anomaly.id, anomaly);
  }
  return { fired: [...fired.values()], findings, state, known };
}

export const kindsOf = (samples: readonly Sample[], options?: Start): AnomalyKind[] =>
  [...new Set(watch(samples, options).fired.map(({ kind }) => kind))].sort();
