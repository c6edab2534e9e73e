import { isValue, type CpuBasis, type Sample } from '../domain/sample.ts';

/**
 * Samples as one Float64Array, NaN for null: what crosses the thread. Its buffer is moved, not copied, where an array of
 * objects would be cloned key by key (measured: cloning objects costs more than inserting them).
 */
export const WIDTH = 16;
export const TS = 0;
/** The nine columns of VALUE_COLUMNS, in their order. */
export const FIRST_VALUE = 1;
export const FIRST_SPEC = 10;
/** Of the spec, the four numbers a person sets; then `cpuBasis` and `approximate`. */
export const FIRST_BASIS = 14;
const APPROXIMATE = 15;

const BASES: readonly CpuBasis[] = ['request', 'core'];

export const basisCode = (basis: CpuBasis | null): number => (basis === null ? NaN : BASES.indexOf(basis));
export const basisOf = (code: number): CpuBasis | null => BASES[code] ?? null;

/** What is no value (an infinite number too) is missing, on both sides of the thread. */
export const orNaN = (value: number | null): number => (value !== null && isValue(value) ? value : NaN);
export const orNull = (value: number | undefined): number | null =>
  value !== undefined && isValue(value) ? value : null;

/** Writes one sample at `row` (counted in rows). Names are spelled out: a loop over names is three times slower. */
export function packSample(rows: Float64Array, row: number, sample: Sample): void {
  let at = row * WIDTH;
  rows[at++] = sample.ts;
  rows[at++] = orNaN(sample.cpuCurrent);
  rows[at++] = orNaN(sample.memoryCurrent);
  rows[at++] = orNaN(sample.memoryUtilization);
  rows[at++] = orNaN(sample.replicasCurrent);
  rows[at++] = orNaN(sample.replicasDesired);
  rows[at++] = orNaN(sample.replicasReady);
  rows[at++] = orNaN(sample.pressure);
  rows[at++] = orNaN(sample.scalingLimited);
  rows[at++] = orNaN(sample.scalingActive);
  rows[at++] = orNaN(sample.cpuTarget);
  rows[at++] = orNaN(sample.memoryTarget);
  rows[at++] = orNaN(sample.replicasMin);
  rows[at++] = orNaN(sample.replicasMax);
  rows[at++] = basisCode(sample.cpuBasis);
  rows[at] = sample.approximate ? 1 : 0;
}

export function packSamples(samples: readonly Sample[]): Float64Array {
  const rows = new Float64Array(samples.length * WIDTH);
  samples.forEach((sample, row) => packSample(rows, row, sample));
  return rows;
}

export function unpackSamples(rows: Float64Array): Sample[] {
  return Array.from({ length: rows.length / WIDTH }, (_, row) => unpackSample(rows, row * WIDTH));
}

function unpackSample(rows: Float64Array, at: number): Sample {
  return {
    ts: rows[at] ?? NaN,
    cpuCurrent: orNull(rows[at + 1]),
    memoryCurrent: orNull(rows[at + 2]),
    memoryUtilization: orNull(rows[at + 3]),
    replicasCurrent: orNull(rows[at + 4]),
    replicasDesired: orNull(rows[at + 5]),
    replicasReady: orNull(rows[at + 6]),
    pressure: orNull(rows[at + 7]),
    scalingLimited: orNull(rows[at + 8]),
    scalingActive: orNull(rows[at + 9]),
    cpuTarget: orNull(rows[at + FIRST_SPEC]),
    memoryTarget: orNull(rows[at + 11]),
    replicasMin: orNull(rows[at + 12]),
    replicasMax: orNull(rows[at + 13]),
    cpuBasis: basisOf(rows[at + FIRST_BASIS] ?? NaN),
    approximate: rows[at + APPROXIMATE] === 1,
  };
}

/** Whether a row has nothing to keep, or no time; the packed form of `hasValue` in domain/sample.ts. */
export function isEmptyRow(rows: Float64Array, row: number): boolean {
  const at = row * WIDTH;
  if (!Number.isSafeInteger(rows[at + TS])) return true;
  for (let i = at + FIRST_VALUE; i < at + FIRST_BASIS; i++) if (!Number.isNaN(rows[i])) return false;
  return true;
}

/** Rows in ascending order of time, without the empty ones and with one row a time (the later one completed by the earlier). */
export function normaliseRows(rows: Float64Array): Float64Array {
  const count = rows.length / WIDTH;
  let clean = true;
  for (let row = 0; clean && row < count; row++) {
    const ordered = row === 0 || (rows[row * WIDTH] ?? NaN) > (rows[(row - 1) * WIDTH] ?? NaN);
    clean = ordered && !isEmptyRow(rows, row);
  }
  if (clean) return rows;

  const byTs = new Map<number, Float64Array>();
  for (let row = 0; row < count; row++) {
    if (isEmptyRow(rows, row)) continue;
    const next = rows.slice(row * WIDTH, (row + 1) * WIDTH);
    const ts = next[TS] ?? NaN;
    const known = byTs.get(ts);
    byTs.set(ts, known ? mergeRow(known, next) : next);
  }
  const merged = new Float64Array(byTs.size * WIDTH);
  [...byTs.values()].sort((a, b) => (a[TS] ?? 0) - (b[TS] ?? 0)).forEach((row, i) => merged.set(row, i * WIDTH));
  return merged;
}

function mergeRow(known: Float64Array, next: Float64Array): Float64Array {
  const merged = next.map((value, i) => (Number.isNaN(value) ? (known[i] ?? NaN) : value));
  if (!tellsPods(next, 0)) merged[APPROXIMATE] = known[APPROXIMATE] ?? 0;
  return merged;
}

/**
 * Whether a row was made from pods: has a CPU or memory value. Only such a row says how its pods were found, so only it
 * may change `approximate` of a row that is there already.
 */
export function tellsPods(rows: Float64Array, row: number): boolean {
  const at = row * WIDTH + FIRST_VALUE;
  return !(Number.isNaN(rows[at]) && Number.isNaN(rows[at + 1]) && Number.isNaN(rows[at + 2]));
}
