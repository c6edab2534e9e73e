import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { smoothNoise } from './rng.ts';
import type { LoadSpec } from './spec.ts';

/** 0 at the quietest hour, 1 at the peak hour; a working day is broader than a sine, hence the second harmonic. */
function dailyShape(at: number, peakHour: number): number {
  const angle = ((at % DAY) / DAY - peakHour / 24) * 2 * Math.PI;
  return (1.14 + Math.cos(angle) + 0.14 * Math.cos(2 * angle + 0.6)) / 2.27;
}

/** 1 on weekdays, 0 on Saturday and Sunday, with two hours of change around midnight. */
function weekdayShare(at: number): number {
  const sinceMonday = (at - MONDAY) % (7 * DAY);
  const edge = 2 * HOUR;
  if (sinceMonday < edge) return sinceMonday / edge;
  if (sinceMonday < 5 * DAY) return 1;
  return Math.max(0, 1 - (sinceMonday - 5 * DAY) / edge);
}

/** 1970-01-05 was a Monday. */
const MONDAY = 4 * DAY;

/** A bell around Monday 08:30, about two hours wide. */
function mondayMorning(at: number): number {
  const distance = ((at - MONDAY) % (7 * DAY)) - 8.5 * HOUR;
  return Math.exp(-0.5 * (distance / (45 * MINUTE)) ** 2);
}

/** CPU work that arrives at instant `at`, cores over all pods, before any incident. Pure: any instant, any order. */
export function loadCores(spec: LoadSpec, key: number, at: number): number {
  const day = spec.nightShare + (1 - spec.nightShare) * Math.max(0, dailyShape(at, spec.peakHour));
  const week = spec.weekendShare + (1 - spec.weekendShare) * weekdayShare(at);
  const rush = spec.mondayPeak > 0 ? 1 + spec.mondayPeak * mondayMorning(at) : 1;
  const noise =
    0.5 * smoothNoise(key, at, 47 * MINUTE) +
    0.6 * smoothNoise(key ^ 0x2c1b3c6d, at, 7 * MINUTE) +
    0.6 * smoothNoise(key ^ 0x297a2d39, at, MINUTE);
  return Math.max(0, spec.peakCores * day * week * rush * (1 + spec.noise * noise));
}
