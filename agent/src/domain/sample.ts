/**
 * No metric of an HPA comes near this; what does would overflow in sums and squares, and infinite numbers must never be stored.
 */
const MOST_VALUE = 1e30;
/** Whether a number can be a value of a metric. */
export const isValue = (value: number): boolean => Math.abs(value) <= MOST_VALUE;

/** A value that may be missing; missing is never 0. */
export type Maybe = number | null;

/** Numeric columns that change all the time. Units: design of the columns in docs/collection.md. */
export const VALUE_COLUMNS = [
  'cpuCurrent', // % of requests (cpuBasis request) or % of one core (cpuBasis core)
  'memoryCurrent', // MiB, working set, mean per pod
  'memoryUtilization', // % of memory requests
  'replicasCurrent',
  'replicasDesired',
  'replicasReady',
  'pressure', // largest current/target over all metrics; 1 = at target
  'scalingLimited', // 0 or 1
  'scalingActive', // 0 or 1
] as const;

/** Columns that rarely change; stored as changes. */
export const SPEC_COLUMNS = ['cpuTarget', 'memoryTarget', 'replicasMin', 'replicasMax'] as const;

export type ValueColumn = (typeof VALUE_COLUMNS)[number];
export type SpecColumn = (typeof SPEC_COLUMNS)[number];
export type Column = ValueColumn | SpecColumn;

export type CpuBasis = 'request' | 'core';

/** One HPA at one whole minute. */
export type Sample = { ts: number } & Record<Column, Maybe> & {
    cpuBasis: CpuBasis | null;
    /** Pods were found by the shape of their names, not by their owners. */
    approximate: boolean;
  };

export const emptySample = (ts: number): Sample => ({
  ts,
  cpuCurrent: null,
  memoryCurrent: null,
  memoryUtilization: null,
  replicasCurrent: null,
  replicasDesired: null,
  replicasReady: null,
  pressure: null,
  scalingLimited: null,
  scalingActive: null,
  cpuTarget: null,
  memoryTarget: null,
  replicasMin: null,
  replicasMax: null,
  cpuBasis: null,
  approximate: false,
});

/** Whether anything at all was known at this minute; what is empty is not stored. */
export const hasValue = (sample: Sample): boolean =>
  VALUE_COLUMNS.some((column) => sample[column] !== null) || SPEC_COLUMNS.some((column) => sample[column] !== null);
