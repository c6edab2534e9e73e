import { MINUTE } from '../core/clock.ts';
import type { AnomalyKind, Finding, ProfiledMetric } from '../domain/anomaly.ts';
import {
  bandOf,
  decadesOf,
  departure,
  knowsDayOf,
  type Expectation,
  type HpaProfile,
  type Profile,
} from '../domain/profile.ts';
import type { Sample } from '../domain/sample.ts';
import { POINT_MS, surpriseOf } from '../domain/surprise.ts';
import type { Limits } from './limits.ts';
import type { JudgeState, LoadMemory, MetricMemory } from './memory.ts';
import { valueOf, type Moment, type Verdict } from './moment.ts';

/**
 * A value leaves its band. One engine for CPU, memory, replicas and pressure; each is a kind of its own.
 *
 * Three ways in:
 * - the load has jumped (load-departure.ts) and the value is outside on the same side: counted in minutes;
 * - the load is as usual and the value is outside all the same, for longer than the controller needs to come back from a blip (five
 *   minutes of scale-down stabilization by default): something other than the load is odd;
 * - the value surprises by the three statistics of surprise.ts, on a day whose like is known.
 * A value that only follows a slow change of the load, such as a weekend not seen before, is no news.
 */
export const DEVIATION_KIND = {
  cpu: 'cpu_deviation',
  memory: 'memory_deviation',
  replicas: 'replicas_deviation',
  pressure: 'pressure_deviation',
} as const satisfies Record<ProfiledMetric, AnomalyKind>;

const sideOf = (distance: number): -1 | 0 | 1 => (distance > 0 ? 1 : distance < 0 ? -1 : 0);

/** Memory moves with what each pod does and not with the load as a whole, so the load neither explains nor confirms it. */
const followsLoad = (metric: ProfiledMetric): boolean => metric !== 'memory';

/** What else is known at this sample. */
export type Surroundings = {
  load: LoadMemory;
  profile: HpaProfile;
  usual: Partial<Record<ProfiledMetric, Expectation>>;
  min: number;
  limits: Limits;
  /** Of the last three hours. */
  memoryPoints: JudgeState['memoryPoints'];
  /** Replicas go up and down: values are outside and inside by turns, and that is one trouble. */
  isRestless: boolean;
};

/** Surprise and time outside, brought up to this sample; where the value is missing everything stays. */
export function followMetric(
  before: MetricMemory,
  metric: ProfiledMetric,
  sample: Sample,
  around: Surroundings,
): MetricMemory {
  const value = valueOf(sample, metric);
  const [own, usual] = [around.profile[metric], around.usual[metric]];
  if (value === null || own === undefined || usual === undefined) return before;
  const limits = around.limits[DEVIATION_KIND[metric]];
  const distance = departure(usual, value);
  const isOut = Math.abs(distance) >= limits.enterDistance;
  const side = sideOf(distance);
  const goesOn = before.side === side;
  const isStray =
    isOut &&
    !isExplained(metric, side, sample, around) &&
    ((goesOn && before.straySince !== null) || hasMoved(metric, side, value, sample.ts, around));
  const next: MetricMemory = {
    ...before,
    ...surprised(before, sample, own, value, usual),
    outSince: isOut ? ((goesOn ? before.outSince : null) ?? sample.ts) : null,
    straySince: isStray ? ((goesOn ? before.straySince : null) ?? sample.ts) : null,
    side: isOut ? side : 0,
  };
  const way = wayIn(metric, sample, distance, next, around);
  if (way !== null) return { ...next, on: way.by };
  const isHeld = Math.abs(distance) >= limits.holdDistance && (before.side === 0 || goesOn);
  if (around.isRestless) return { ...next, on: before.on };
  return { ...next, on: isHeld && staysOn(before.on, metric, side, sample, around) ? before.on : undefined };
}

/**
 * Memory has gone there by itself. Where it has stayed and only the profile moved, which may remember a leak on one of few days, nothing has
 * happened. What follows the load has the same in load-departure.ts.
 */
function hasMoved(
  metric: ProfiledMetric,
  side: number,
  value: number,
  at: number,
  { memoryPoints, usual }: Surroundings,
): boolean {
  const earlier = memoryPoints.filter(([then]) => then <= at - SETTLED_MS).map(([, , mib]) => mib);
  if (metric !== 'memory' || usual.memory === undefined || earlier.length === 0) return true;
  const { up, down } = usual.memory;
  const mean = earlier.reduce((sum, mib) => sum + mib, 0) / earlier.length;
  return side * (value - mean) >= MOVED_SHARE * (side > 0 ? up : down);
}
const SETTLED_MS = 30 * MINUTE;
/** Of a half-width of the band. */
const MOVED_SHARE = 0.5;

function surprised(before: MetricMemory, sample: Sample, own: Profile, value: number, usual: Expectation) {
  if (sample.ts % POINT_MS !== 0) return {};
  const { state, score } = surpriseOf(own, before.surprise, sample.ts, value, value - usual.expected);
  return { surprise: state, score };
}

/** Which way is open, and since when; null: none. */
function wayIn(
  metric: ProfiledMetric,
  sample: Sample,
  distance: number,
  { outSince, straySince, score }: MetricMemory,
  { load, profile, limits }: Pick<Surroundings, 'load' | 'profile' | 'limits'>,
): { by: 'load' | 'stray'; since: number } | null {
  const { ts } = sample;
  const side = sideOf(distance);
  if (followsLoad(metric) && outSince !== null && load.since !== null && load.side === side) {
    const since = Math.max(load.since, outSince);
    return isHeldByMemory(sample) && ts - since < MEMORY_SETTLES_MS ? null : { by: 'load', since };
  }
  const { unexplainedMinutes, unexplainedDistance, surprise } = limits[DEVIATION_KIND[metric]];
  if (straySince === null || (ts - straySince) / MINUTE + 1 < unexplainedMinutes) return null;
  const base = profile.demand ?? profile[metric];
  const isSurprise = score >= surprise && base !== undefined && knowsDayOf(base, ts);
  return Math.abs(distance) >= unexplainedDistance || isSurprise ? { by: 'stray', since: straySince } : null;
}

/**
 * Where memory decides how many replicas there are, each pod that a blip of two minutes brings holds memory of its own: what the HPA takes for load
 * stays up until the pods are given back, after five minutes of stabilization and some.
 */
const MEMORY_SETTLES_MS = 10 * MINUTE;
function isHeldByMemory({ memoryTarget, memoryUtilization, pressure }: Sample): boolean {
  if (memoryTarget === null || memoryUtilization === null || pressure === null) return false;
  return memoryUtilization / memoryTarget >= 0.95 * pressure;
}

/**
 * What opened it is still there. Once the load has come back, replicas that wait for the end of the stabilization window, and pressure that is low
 * for as long, are the controller doing what it must.
 */
function staysOn(
  on: MetricMemory['on'],
  metric: ProfiledMetric,
  side: number,
  sample: Sample,
  around: Surroundings,
): boolean {
  const { load } = around;
  if (on === undefined) return false;
  if (load.since !== null) return !followsLoad(metric) || load.side === side;
  return on === 'stray' && !isExplained(metric, side, sample, around);
}

/** Something usual explains why the value is on this side of its band. */
function isExplained(
  metric: ProfiledMetric,
  side: number,
  sample: Sample,
  { load, min, usual }: Surroundings,
): boolean {
  const { residual, limit } = load;
  const differs = residual !== null && sideOf(residual) === side && Math.abs(residual) >= SLOW_SHARE * limit;
  if (followsLoad(metric)) return differs || isBalanced(sample, min);
  // A pod that works more holds more; one that scales on memory is kept in balance by the controller.
  const cpu = usual.cpu === undefined || sample.cpuCurrent === null ? 0 : departure(usual.cpu, sample.cpuCurrent);
  return differs || side * cpu >= CPU_SHARE || (sample.memoryTarget !== null && isBalanced(sample, min));
}
/** The load differs, slowly, by this share of what would be a jump. */
const SLOW_SHARE = 0.5;
/** Half-widths of the CPU's band. */
const CPU_SHARE = 0.5;

/**
 * Whether the controller is right to do nothing: with n replicas that is so from (n-1)/n of the target, where one less would do, to 1.1, its
 * tolerance; at the minimum from 0. Within, CPU and pressure depend on the way they came, so distance from what is usual says little.
 */
function isBalanced({ replicasCurrent, pressure }: Sample, min: number): boolean {
  if (replicasCurrent === null || pressure === null) return false;
  const least = replicasCurrent <= min ? 0 : ((replicasCurrent - 1) / replicasCurrent) * (1 - BALANCE_SLACK);
  return pressure >= least && pressure <= 1.1 + BALANCE_SLACK;
}
const BALANCE_SLACK = 0.1;

export function deviation(metric: ProfiledMetric, moment: Moment): Verdict {
  const { sample, memory, profile, usual, limits } = moment;
  const [expectation, value] = [usual[metric], valueOf(sample, metric)];
  if (profile[metric] === undefined || expectation === undefined)
    return profile[metric] === undefined ? null : 'unknown';
  if (value === null) return 'unknown';
  const state = memory.metrics[metric];
  if (state.on === undefined) return null;
  const kind = DEVIATION_KIND[metric];
  const distance = departure(expectation, value);
  const way = wayIn(metric, sample, distance, state, { load: memory.load, profile, limits });
  const isCritical = Math.abs(distance) >= limits[kind].criticalDistance;
  const finding: Finding = {
    kind,
    severity: isCritical ? 'critical' : 'warning',
    at: sample.ts,
    level: way === null ? 'hold' : 'enter',
    metric,
    direction: distance > 0 ? 'over' : 'under',
    observed: value,
    band: bandOf(expectation),
    score: Math.max(state.score, decadesOf(distance)),
    facts: { distance, surprise: state.score, load: memory.load.jump },
  };
  return way === null ? finding : { ...finding, since: way.since };
}
