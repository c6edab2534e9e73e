import { backoffMs } from '../core/backoff.ts';
import { HOUR, SECOND } from '../core/clock.ts';
import type { AgentError } from '../core/errors.ts';
import type { BaselineStatus, Coverage } from '../domain/baseline.ts';
import { backfillWindow, type Window } from '../domain/window.ts';
import type { StoredHpa } from '../storage/store.ts';
import type { Verdict } from './coverage.ts';

/** An interrupted attempt goes on with its window while that is this recent; later a new attempt tells more. */
const RESUME_WITHIN_MS = 6 * HOUR;
const PARTIAL_RETRY_MS = HOUR;
/** What may pass by itself is tried again soon after it has passed; what was refused, ever more seldom. */
const PASSING_RETRY = { minMs: 5 * SECOND, maxMs: 40 * SECOND };
const REFUSED_RETRY = { minMs: 5 * SECOND, maxMs: HOUR };

export type BackfillGroup = {
  window: Window;
  /** Progress of all members when interrupted, 0 for a new attempt. */
  progress: number;
  members: StoredHpa[];
};

/**
 * Due HPAs as groups of equal window and progress, at most `groupSize` each: interrupted attempts go on where they were, others
 * begin with the window before `now`.
 */
export function groupDue(
  due: readonly StoredHpa[],
  now: number,
  { windowMs, stepMs, groupSize }: { windowMs: number; stepMs: number; groupSize: number },
): BackfillGroup[] {
  const groups = new Map<string, BackfillGroup[]>();
  for (const hpa of due) {
    const { progress, windowEnd } = hpa.baseline;
    const resumed =
      windowEnd !== null && progress < 100 && isInterrupted(hpa.baseline) && now - windowEnd <= RESUME_WITHIN_MS;
    const window = backfillWindow(resumed ? windowEnd : now, windowMs, stepMs);
    const done = resumed ? progress : 0;
    const key = `${resumed ? 'resumed' : 'new'} ${window.end} ${done}`;
    const sameKey = groups.get(key) ?? [];
    groups.set(key, sameKey);
    const open = sameKey.at(-1);
    if (open && open.members.length < groupSize) open.members.push(hpa);
    else sameKey.push({ window, progress: done, members: [hpa] });
  }
  return [...groups.values()].flat();
}

const isInterrupted = ({ state, progress }: BaselineStatus): boolean =>
  state === 'running' || (state === 'failed' && progress > 0);

/** Progress in whole % once `pieces` of `total` are stored and `queries` (0 to 1) of the next one are answered. */
export function progressOf(pieces: number, total: number, queries: number): number {
  // Rounded up at a stored piece, down between: so piecesDone reads the same number of pieces back.
  return queries === 0
    ? Math.ceil((100 * pieces) / total)
    : Math.floor((100 * (pieces + Math.min(queries, 0.99))) / total);
}

/** How many of `total` pieces were stored at this progress. */
export const piecesDone = (progress: number, total: number): number =>
  Math.min(total, Math.floor((progress * total) / 100));

export const startedStatus = (before: BaselineStatus, { window, progress }: BackfillGroup): BaselineStatus => ({
  ...before,
  state: 'running',
  progress,
  windowEnd: window.end,
  attempts: before.state === 'running' && before.windowEnd === window.end ? before.attempts : before.attempts + 1,
  nextAttemptAt: null,
  reason: null,
});

export const judgedStatus = (
  before: BaselineStatus,
  { columns, verdict, now }: { columns: Coverage; verdict: Verdict; now: number },
): BaselineStatus => ({
  ...before,
  state: verdict.ready ? 'ready' : 'partial',
  progress: 100,
  columns,
  coverage: verdict.coverage,
  nextAttemptAt: verdict.ready ? null : now + PARTIAL_RETRY_MS,
  reason: verdict.reason,
  readyAt: before.readyAt ?? (verdict.ready ? now : null),
});

export const failedStatus = (before: BaselineStatus, error: AgentError, now: number): BaselineStatus => ({
  ...before,
  state: 'failed',
  nextAttemptAt: now + backoffMs(Math.max(0, before.attempts - 1), error.retryable ? PASSING_RETRY : REFUSED_RETRY),
  reason: error.message,
});
