import { HOUR, MINUTE } from '../core/clock.ts';
import { departure, expectedAt, type HpaProfile } from '../domain/profile.ts';
import type { Sample } from '../domain/sample.ts';
import { POINT_MS } from '../domain/surprise.ts';
import type { JudgeState } from './memory.ts';
import { ruleFinding, type Detector } from './moment.ts';

/**
 * Memory that only rises.
 *
 * Metric: working set per pod, less what is usual at this time of day. Rule: over an hour of 5-minute points, four of five pairs rise (the share of
 * concordant pairs, as in the Mann-Kendall test) and the median slope of all pairs (Theil-Sen) is some percent of the usual level an hour. A slope needs
 * no band: the band alone finds a leak only after hours. Warming caches rise and level off; a leak that restarts its pods begins anew.
 * Sources: Sen 1968, "Estimates of the regression coefficient based on Kendall's tau"; limits from docs/detection.md.
 */
export const memoryLeak: Detector = (moment) => {
  const { sample, limits, memory, profile, usual } = moment;
  if (sample.memoryCurrent === null) return sample.replicasCurrent === 0 ? null : 'unknown';
  const { percentAnHour, holdPercentAnHour, risingShare } = limits.memory_leak;
  // What scales on memory has its memory moved by each change of replicas: an hour of rise is usual there.
  const minutes = limits.memory_leak.minutes * (sample.memoryTarget === null ? 1 : 2);
  const points = memory.memoryPoints.filter(([at]) => at > sample.ts - minutes * MINUTE - POINT_MS);
  const [first] = points;
  if (first === undefined || sample.ts - first[0] < minutes * MINUTE - POINT_MS) return null;
  const base = profile.memory === undefined ? first[2] : Math.max(1, expectedAt(profile.memory, sample.ts));
  if (isGivenBack(aboveUsual(sample.memoryCurrent, sample.ts, profile), points)) return 'over';
  const rising = shareRising(points);
  // Nearly always so; the slope of all pairs is the dearest thing that is computed of a minute.
  if (rising < 0.6) return null;
  const slope = medianSlope(points);
  const percent = (100 * slope) / base;
  if (percent < holdPercentAnHour) return null;
  const isBeyond =
    usual.memory === undefined
      ? isRecord(sample.memoryCurrent, memory.memoryPoints, first[0])
      : departure(usual.memory, sample.memoryCurrent) >= 1;
  // Pods that work far more than usual hold more: that is the load's doing.
  const isBusy = usual.cpu !== undefined && sample.cpuCurrent !== null && departure(usual.cpu, sample.cpuCurrent) >= 1;
  const isEnter = percent >= percentAnHour && rising >= risingShare && isBeyond && !isBusy;
  const used = sample.memoryUtilization;
  const utilizationAnHour = used === null ? null : (used * slope) / sample.memoryCurrent;
  const hoursToLimit =
    used === null || utilizationAnHour === null || used >= 100 ? null : (100 - used) / utilizationAnHour;
  return ruleFinding('memory_leak', moment, {
    severity: 'warning',
    level: isEnter ? 'enter' : 'hold',
    ...(isEnter ? { since: first[0] } : {}),
    score: percent / percentAnHour,
    observed: sample.memoryCurrent,
    metric: 'memory',
    direction: 'over',
    facts: { mibAnHour: slope, percentAnHour: percent, hoursToRequest: hoursToLimit, usual: base },
  });
};

/**
 * Nearly all that the window gained is given back: the pods that leaked were replaced, or memory was freed after all. The slope of an hour
 * would see it only half an hour later. A part given back, as by a collector of garbage, does not end a leak.
 */
function isGivenBack(above: number, points: JudgeState['memoryPoints']): boolean {
  const seen = points.map(([, then]) => then);
  const most = Math.max(...seen);
  return above < most - GIVEN_BACK_SHARE * (most - Math.min(...seen));
}
const GIVEN_BACK_SHARE = 0.9;

/** Without a baseline: clearly more than ever in the hours before; after a fall memory only comes back. */
function isRecord(value: number, points: JudgeState['memoryPoints'], from: number): boolean {
  const before = points.filter(([at]) => at < from).map(([, , mib]) => mib);
  return before.length >= POINTS_BEFORE && value > 1.05 * Math.max(...before);
}
/** Half an hour. */
const POINTS_BEFORE = 6;

type Points = JudgeState['memoryPoints'];

/** Of all pairs the share that rise. */
export function shareRising(points: Points): number {
  let up = 0;
  for (let i = 0; i < points.length; i++) for (let j = i + 1; j < points.length; j++) if (rise(points, i, j) > 0) up++;
  return points.length < 2 ? 0 : up / pairsOf(points);
}

/** Median slope of all pairs, an hour. */
export function medianSlope(points: Points): number {
  const slopes = new Float64Array(pairsOf(points));
  let pair = 0;
  for (let i = 0; i < points.length; i++)
    for (let j = i + 1; j < points.length; j++)
      slopes[pair++] = (rise(points, i, j) / ((points[j]?.[0] ?? NaN) - (points[i]?.[0] ?? NaN))) * HOUR;
  return slopes.sort()[Math.floor(slopes.length / 2)] ?? 0;
}

const pairsOf = ({ length }: Points): number => (length * (length - 1)) / 2;
const rise = (points: Points, i: number, j: number): number => (points[j]?.[1] ?? NaN) - (points[i]?.[1] ?? NaN);

const REMEMBERED_MS = 3 * HOUR;

/** The last three hours of memory. */
export function followMemory(state: JudgeState, sample: Sample, profile: HpaProfile): JudgeState['memoryPoints'] {
  const { ts, memoryCurrent } = sample;
  if (memoryCurrent === null || ts % POINT_MS !== 0) return state.memoryPoints;
  const above = aboveUsual(memoryCurrent, ts, profile);
  return [...state.memoryPoints.filter(([at]) => at > ts - REMEMBERED_MS), [ts, above, memoryCurrent]];
}

const aboveUsual = (mib: number, at: number, profile: HpaProfile): number =>
  profile.memory === undefined ? mib : mib - expectedAt(profile.memory, at);
