import { MINUTE } from '../../core/clock.ts';
import type { SpecChange } from '../spec-changes.ts';
import type { Values } from './sample-rows.ts';

export type StoredRow = { isBaseline: boolean; values: Values };

/** What is known of the newest end of an HPA's rows, so that a scan, which reads the last two minutes again, needs no look-up. */
export type Tail = {
  /** As `writes` of its scan_state was left: another number there means that somebody else wrote since. */
  writes: number;
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
  writes: number;
  spec: SpecChange | undefined;
  /** Of the batch. */
  first: number;
  last: number;
  /** The newest row before it; -Infinity: there was none. */
  newestTs: number;
  /** All rows that stand from `first` to `last` now. */
  rows: ReadonlyMap<number, StoredRow>;
};

/** What is known after a write. */
export function tailAfter({ writes, spec, first, last, newestTs, rows }: WrittenTail, before: Tail | undefined): Tail {
  if (last < newestTs) {
    // An older window: what was known beyond it still is.
    const isApart = before !== undefined && before.from > last;
    return isApart ? { ...before, writes, spec } : { writes, spec, from: Infinity, rows: NONE };
  }
  const from = Math.max(first, last - TAIL_MS);
  return { writes, spec, from, rows: new Map([...rows].filter(([ts]) => ts >= from)) };
}
