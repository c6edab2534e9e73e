import { DAY, HOUR, floorTo } from '../core/clock.ts';
import type { ScanOutcome } from './scan.ts';

/** The scans of one cluster in the last 24 hours (or since the first one). Times are epoch ms. */
export type ScanTally = {
  since: number;
  total: number;
  failed: number;
  overruns: number;
  /** null: no scan yet. */
  meanMs: number | null;
  maxMs: number | null;
};

/** By the hour, so that a day of scans every few seconds stays small. */
export type ScanHour = { from: number; total: number; failed: number; overruns: number; sumMs: number; maxMs: number };
export type ScanHours = readonly ScanHour[];

const emptyHour = (from: number): ScanHour => ({ from, total: 0, failed: 0, overruns: 0, sumMs: 0, maxMs: 0 });

/** Whole hours are kept that touch the last 24. */
const isRecent = (hour: ScanHour, now: number): boolean => hour.from > now - DAY - HOUR;

export function withScan(hours: ScanHours, { result, durationMs }: ScanOutcome, now: number): ScanHours {
  const from = floorTo(now, HOUR);
  const hour = hours.find((known) => known.from === from) ?? emptyHour(from);
  const next: ScanHour = {
    from,
    total: hour.total + 1,
    failed: hour.failed + (result === 'failed' ? 1 : 0),
    overruns: hour.overruns + (result === 'overrun' ? 1 : 0),
    sumMs: hour.sumMs + durationMs,
    maxMs: Math.max(hour.maxMs, durationMs),
  };
  return [...hours.filter((known) => known.from !== from && isRecent(known, now)), next];
}

/** `started`: since when anything is counted at all. */
export function tallyOf(hours: ScanHours, started: number, now: number): ScanTally {
  const recent = hours.filter((hour) => isRecent(hour, now));
  const sum = (valueOf: (hour: ScanHour) => number) => recent.reduce((total, hour) => total + valueOf(hour), 0);
  const total = sum((hour) => hour.total);
  return {
    since: Math.max(started, floorTo(now - DAY, HOUR)),
    total,
    failed: sum((hour) => hour.failed),
    overruns: sum((hour) => hour.overruns),
    meanMs: total === 0 ? null : Math.round(sum((hour) => hour.sumMs) / total),
    maxMs: total === 0 ? null : Math.max(...recent.map((hour) => hour.maxMs)),
  };
}
