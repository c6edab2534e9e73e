import { normaliseRows, packSample, TS, WIDTH } from '../packed.ts';
import type { SampleBatch } from '../store.ts';
import { dayOf } from './days.ts';
import { isStorableTime } from './partitions.ts';
import type { StoredRow } from './tails.ts';

/** The rows of one HPA: ascending, one a time, none empty. */
export type HpaRows = { hpaId: number; cluster: string; rows: Float64Array; first: number; last: number };

/** The rows of one HPA, which is locked. */
export type LockedRows = HpaRows & {
  /** No stored row was newer; -Infinity: there was none. */
  newestTs: number;
  /** Rows from `first` to `last` that are there already, by time. */
  stored: ReadonlyMap<number, StoredRow>;
};

export type SampleWrite = Omit<SampleBatch, 'samples'> & { rows: readonly HpaRows[] };

/** The rows of a batch by HPA, in the order of ids; without HPAs that there are not. */
export function rowsOf(samples: SampleBatch['samples'], clusters: ReadonlyMap<number, string>): HpaRows[] {
  const byHpa = new Map<number, SampleBatch['samples'][number]['samples']>();
  for (const { hpaId, samples: list } of samples) {
    const storable = list.every(({ ts }) => isStorableTime(ts)) ? list : list.filter(({ ts }) => isStorableTime(ts));
    const known = byHpa.get(hpaId);
    byHpa.set(hpaId, known ? [...known, ...storable] : storable);
  }
  let count = 0;
  for (const list of byHpa.values()) count += list.length;
  // One buffer for all: one for each of hundreds of HPAs costs more than what is done with it.
  const buffer = new Float64Array(count * WIDTH);
  let used = 0;
  const all: HpaRows[] = [];
  for (const hpaId of [...byHpa.keys()].sort((a, b) => a - b)) {
    const cluster = clusters.get(hpaId);
    const list = byHpa.get(hpaId) ?? [];
    if (cluster === undefined) continue;
    const packed = buffer.subarray(used, (used += list.length * WIDTH));
    list.forEach((sample, row) => packSample(packed, row, sample));
    const rows = normaliseRows(packed);
    if (rows.length === 0) continue;
    all.push({ hpaId, cluster, rows, first: rows[TS] ?? 0, last: rows[rows.length - WIDTH + TS] ?? 0 });
  }
  return all;
}

/** The days that the rows stand in. */
export function daysOf(all: readonly HpaRows[]): Set<number> {
  const days = new Set<number>();
  for (const { rows } of all) for (let at = TS; at < rows.length; at += WIDTH) days.add(dayOf(rows[at] ?? 0));
  return days;
}
