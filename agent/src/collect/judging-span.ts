import { HOUR, MINUTE } from '../core/clock.ts';

/** The minutes to judge of one HPA: those after `after` up to `until`, which is included. None where `until` <= `after`. */
export type JudgingSpan = { after: number; until: number };

/** The first judged minute lies so long before the enrolment, so that what is going on already is seen at once. */
const FIRST_LOOK_MS = HOUR;
export const judgedFrom = ({ enrolledAt }: { enrolledAt: number }): number => enrolledAt - FIRST_LOOK_MS;

export type JudgingBounds = {
  /** The last minute judged. */
  judgedUntil: number;
  /** The last minute asked for; minutes in `gaps` (both ends included) are still to come. */
  scannedUntil: number;
  gaps: readonly { from: number; to: number }[];
  /** What is older is history and not judged. */
  oldest: number;
  /** Minutes behind an open gap wait until it is filled, so that they are judged in the order of time. */
  waits: boolean;
};

/** `isWaiting`: there is more to judge once a gap is filled. */
export function judgingSpan(bounds: JudgingBounds): JudgingSpan & { isWaiting: boolean } {
  const { judgedUntil, scannedUntil, gaps, oldest, waits } = bounds;
  const after = Math.max(judgedUntil, oldest);
  const open = gaps.filter(({ to }) => to > after).map(({ from }) => from);
  const isWaiting = waits && open.length > 0;
  return { after, until: isWaiting ? Math.min(scannedUntil, Math.min(...open) - MINUTE) : scannedUntil, isWaiting };
}

/** What is judged and saved at once. */
export const LONGEST_PASS_MS = HOUR;

export type JudgingRange = { from: number; to: number };

/** All that the spans cover in pieces of an hour, ascending; both ends are included. */
export function rangesOf(spans: Iterable<JudgingSpan>): JudgingRange[] {
  const open = [...spans].filter(({ after, until }) => until > after);
  const last = Math.max(...open.map(({ until }) => until));
  const ranges: JudgingRange[] = [];
  for (let from = Math.min(...open.map(({ after }) => after)) + MINUTE; from <= last; from += LONGEST_PASS_MS)
    ranges.push({ from, to: Math.min(last, from + LONGEST_PASS_MS - MINUTE) });
  return ranges;
}
