import { MINUTE } from '../core/clock.ts';
import {
  ANOMALY_KINDS,
  PROFILED_METRICS,
  type AnomalyKind,
  type Finding,
  type ProfiledMetric,
} from '../domain/anomaly.ts';
import { expectationAt, type Expectation, type HpaProfile } from '../domain/profile.ts';
import { hasValue, type Sample } from '../domain/sample.ts';
import { configChanged } from './config-changed.ts';
import { deviation, followMetric } from './deviation.ts';
import { levelShift } from './level-shift.ts';
import type { Limits } from './limits.ts';
import { followLoad } from './load-departure.ts';
import { maxedOut } from './maxed-out.ts';
import { rememberReplicas, rememberSpec, type JudgeState } from './memory.ts';
import { followMemory, memoryLeak } from './memory-leak.ts';
import type { Detector, Moment } from './moment.ts';
import { oscillation, turnsWithoutPause } from './oscillation.ts';
import { replicasMismatch } from './replicas-mismatch.ts';
import { scalingInactive } from './scaling-inactive.ts';
import { scalingStuck } from './scaling-stuck.ts';
import { followTelemetry, telemetryLost } from './telemetry-lost.ts';
import { followIdle, underutilised } from './underutilised.ts';

const DETECTORS: Readonly<Record<AnomalyKind, Detector>> = {
  cpu_deviation: (moment) => deviation('cpu', moment),
  memory_deviation: (moment) => deviation('memory', moment),
  replicas_deviation: (moment) => deviation('replicas', moment),
  pressure_deviation: (moment) => deviation('pressure', moment),
  level_shift: levelShift,
  maxed_out: maxedOut,
  scaling_stuck: scalingStuck,
  oscillation,
  replicas_mismatch: replicasMismatch,
  scaling_inactive: scalingInactive,
  underutilised,
  memory_leak: memoryLeak,
  telemetry_lost: telemetryLost,
  config_changed: configChanged,
};

/** What the judge says of one sample. */
export type Judgement = {
  state: JudgeState;
  findings: Finding[];
  /** Kinds of which this sample says nothing, neither yes nor no. */
  unknown: AnomalyKind[];
  /** Kinds that are over for certain, if they were on. */
  over: AnomalyKind[];
};

/**
 * One HPA, one sample. Live, catch-up and backtest all come through here; nothing after the sample is ever looked at.
 *
 * Give it every minute at which the cluster answered, in order: where the HPA had no row at such a minute, an empty sample. Minutes at
 * which the cluster did not answer are left out. A sample that is not newer than the last one changes nothing.
 * `profile` {} (no baseline yet) leaves the rules that need none.
 */
export function judge(state: JudgeState, sample: Sample, profile: HpaProfile, limits: Limits): Judgement {
  if (state.at !== null && sample.ts <= state.at) return { state, findings: [], unknown: [...ANOMALY_KINDS], over: [] };
  const { memory, trusted, usual } = remember(state, sample, profile, limits);
  const moment: Moment = { sample: trusted, memory, profile, limits, usual };
  const findings: Finding[] = [];
  const unknown: AnomalyKind[] = [];
  const over: AnomalyKind[] = [];
  for (const kind of ANOMALY_KINDS) {
    if (!limits[kind].enabled) continue;
    const verdict = DETECTORS[kind](moment);
    if (verdict === 'unknown') unknown.push(kind);
    else if (verdict === 'over') over.push(kind);
    else if (verdict !== null) findings.push(verdict);
  }
  return { state: memory, findings, unknown, over };
}

/**
 * What the judge remembers after a sample of which nothing is to be said: the same as after judging it, and far cheaper. A sample that is
 * not newer than the last one changes nothing.
 */
export const remembered = (state: JudgeState, sample: Sample, profile: HpaProfile, limits: Limits): JudgeState =>
  state.at !== null && sample.ts <= state.at ? state : remember(state, sample, profile, limits).memory;

function remember(state: JudgeState, sample: Sample, profile: HpaProfile, limits: Limits) {
  const elapsedMs = state.at === null ? MINUTE : sample.ts - state.at;
  const telemetry = followTelemetry(state, sample);
  const trusted = sample.ts < telemetry.cpuSettledAt ? { ...sample, cpuCurrent: null } : sample;
  const base: JudgeState = {
    ...state,
    ...telemetry,
    ...rememberSpec(state, sample),
    recent: rememberReplicas(state, sample),
    load: followLoad(state.load, sample, profile, elapsedMs),
    memoryPoints: followMemory(state, sample, profile),
  };
  const usual = hasValue(sample) ? usualAt(profile, sample.ts) : {};
  const around = {
    ...{ load: base.load, profile, usual, limits, min: base.spec.replicasMin ?? 1 },
    memoryPoints: state.memoryPoints,
    isRestless: turnsWithoutPause(base.recent, sample.ts, limits.oscillation) >= limits.oscillation.holdReversals,
  };
  const follow = (metric: ProfiledMetric) => followMetric(state.metrics[metric], metric, trusted, around);
  const metrics = {
    cpu: follow('cpu'),
    memory: follow('memory'),
    replicas: follow('replicas'),
    pressure: follow('pressure'),
  };
  const idle = followIdle({ ...base, at: state.at }, sample, limits.underutilised);
  return { memory: { ...base, ...idle, metrics, at: sample.ts }, trusted, usual };
}

function usualAt(profile: HpaProfile, at: number): Partial<Record<ProfiledMetric, Expectation>> {
  const usual: Partial<Record<ProfiledMetric, Expectation>> = {};
  for (const metric of PROFILED_METRICS) {
    const known = profile[metric];
    if (known !== undefined) usual[metric] = expectationAt(known, at);
  }
  return usual;
}
