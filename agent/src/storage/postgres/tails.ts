import { MINUTE } from '../../core/clock.ts';
import type { SpecChange } from '../spec-changes.ts';
import type { Values } from './sample-rows.ts';

export type StoredRow = { isBaseline: boolean; values: Values };

/** What is known of the newest end of an HPA's rows, so that a scan, which reads the last two minutes again, needs no look-up. */
export type Tail = {
  /** The latest change; undefined: there is none. */
  spec: SpecChange | undefined;
  /** All stored rows from `from` on. */
  from: number;
  rows: ReadonlyMap<number, StoredRow>;
};

/** Of what is known, as much as the next scans ask for again. */
export const TAIL_MS = 3 * MINUTE;
const NONE: ReadonlyMap<number, StoredRow> = new Map();

export type WrittenTail = {
  spec: SpecChange | undefined;
  /** Of the batch. */
  first: number;
  last: number;
  /** No row before it was newer; -Infinity: there was none. */
  newestTs: number;
  /** All rows that stand from `first` to `last` now. */
  rows: ReadonlyMap<number, StoredRow>;
};

/** What is known after a write. */
export function tailAfter({ spec, first, last, newestTs, rows }: WrittenTail, before: Tail | null): Tail {
  if (last < newestTs) {
    // An older window: what was known beyond it still is.
    const isApart = before !== null && before.from > last;
    return isApart ? { ...before, spec } : { spec, from: Infinity, rows: NONE };
  }
  const from = Math.max(first, last - TAIL_MS);
  return { spec, from, rows: since(rows, from) };
}

/** Mostly there are none before. */
function since(rows: ReadonlyMap<number, StoredRow>, from: number): ReadonlyMap<number, StoredRow> {
  for (const ts of rows.keys()) if (ts < from) return new Map([...rows].filter(([at]) => at >= from));
  return rows;
}
