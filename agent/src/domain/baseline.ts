import type { BaselineStateName } from '../contract/events.ts';
import type { ValueColumn } from './sample.ts';

/** Share of the expected instants that have a value, in %, per column that was collected. */
export type Coverage = Partial<Record<ValueColumn, number>>;

/** Where the collection of an HPA's history stands. */
export type BaselineStatus = {
  state: BaselineStateName;
  /** 0 to 100 */
  progress: number;
  /** Per column; empty before the first attempt ends. */
  columns: Coverage;
  /** The lowest coverage of what `ready` needs (replicas and every targeted metric), in %; null before an attempt ended. */
  coverage: number | null;
  /** End of the window of the current or last attempt; an interrupted attempt goes on with the same window. */
  windowEnd: number | null;
  attempts: number;
  nextAttemptAt: number | null;
  /** Why it is partial or failed, as a sentence. */
  reason: string | null;
  /** When `ready` was reached first; outlives retention. */
  readyAt: number | null;
};

/** Of an HPA that was enrolled just now: its history is due. */
export const QUEUED_BASELINE: BaselineStatus = {
  state: 'queued',
  progress: 0,
  columns: {},
  coverage: null,
  windowEnd: null,
  attempts: 0,
  nextAttemptAt: null,
  reason: null,
  readyAt: null,
};

/**
 * Whether the first attempt at the history has ended, well or not. Before, nobody knows what is usual; while it runs, only part of the history
 * is there, and what is judged without the rest would stay judged so.
 */
export const wasTried = ({ state, attempts }: Pick<BaselineStatus, 'state' | 'attempts'>): boolean =>
  attempts > 1 || (attempts === 1 && state !== 'running');
