import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE } from '../../../agent/src/core/clock.ts';
import type { Sample } from '../../../agent/src/domain/sample.ts';
import { openSqliteStore } from '../../../agent/src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../../agent/src/storage/store.ts';

export const START = Date.UTC(2026, 0, 5);

export type Batch = { hpaId: number; samples: Sample[] }[];

/** Values with all their digits, as measured ones have: round ones would take less room. */
export const sampleAt = (hpa: number, ts: number): Sample => {
  const wave = Math.sin(ts / 7_919_000 + hpa);
  const replicas = 5 + Math.round(3 * wave);
  return {
    ts,
    cpuCurrent: 60 + 17.3 * wave,
    memoryCurrent: 512.25 + 101.7 * wave,
    memoryUtilization: 50.1 + 9.93 * wave,
    replicasCurrent: replicas,
    replicasDesired: replicas,
    replicasReady: replicas,
    pressure: (60 + 17.3 * wave) / 70,
    scalingLimited: 0,
    scalingActive: 1,
    cpuTarget: 70,
    memoryTarget: null,
    replicasMin: 2,
    replicasMax: 20,
    cpuBasis: 'request',
    approximate: false,
  };
};

/** A minute of a fleet: one row for each HPA. */
export const liveBatch = (hpas: number, ts: number): Batch =>
  Array.from({ length: hpas }, (_, i) => ({ hpaId: i + 1, samples: [sampleAt(i, ts)] }));

/** The same as a scan brings it: with the two minutes before it once more. */
export const scanBatch = (hpas: number, ts: number): Batch =>
  Array.from({ length: hpas }, (_, i) => {
    const minutes = [ts - 2 * MINUTE, ts - MINUTE, ts].filter((minute) => minute >= START);
    return { hpaId: i + 1, samples: minutes.map((minute) => sampleAt(i, minute)) };
  });

export const liveBatches = (hpas: number, minutes: number): Batch[] =>
  Array.from({ length: minutes }, (_, minute) => liveBatch(hpas, START + minute * MINUTE));

export async function withDirectory<T>(run: (path: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'hpa-watch-bench-'));
  try {
    return await run(join(directory, 'bench.db'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export async function withStore<T>(path: string, hpas: number, run: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ path, now: () => START });
  const name = (i: number) => `hpa-${String(i).padStart(5, '0')}`;
  const keys = Array.from({ length: hpas }, (_, i) => ({ cluster: 'bench', namespace: 'load', hpa: name(i) }));
  try {
    await store.enrol(keys, START);
    return await run(store);
  } finally {
    await store.close();
  }
}

export const quantile = (values: number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? NaN;
export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

export const timed = async (
  times: number,
  call: (i: number) => Promise<unknown>,
): Promise<{ calls: number; p50Ms: number; p99Ms: number }> => {
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    await call(i);
    took.push(performance.now() - started);
  }
  return { calls: times, p50Ms: round(quantile(took, 0.5)), p99Ms: round(quantile(took, 0.99)) };
};
