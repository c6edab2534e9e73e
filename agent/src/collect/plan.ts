import { DAY, floorTo, HOUR, MINUTE, SECOND } from '../core/clock.ts';
import { BACKFILL_STEP_MS, pointsIn, SCAN_STEP_MS, type Window } from '../domain/window.ts';
import type { Gap } from '../storage/store.ts';

/** Scrapes land late: a minute is asked for when it is this old. */
const SETTLE_MS = 15 * SECOND;
/** The last two stored minutes are read again, for the same reason. */
const READ_AGAIN_MS = MINUTE;
/** The first scan looks back from the enrolment, so that what is going on already is seen at once. */
const FIRST_LOOK_MS = 55 * MINUTE;
/** After a longer outage the newest hour comes first and the rest becomes gaps. */
const LONGEST_SCAN_MS = HOUR;
const LONGEST_GAP_PIECE_MS = 6 * HOUR;
/** A cursor further ahead of the clock than this was set while the clock was wrong. */
export const CURSOR_MAY_LEAD_MS = MINUTE;
/** Then so much is read again: what came in meanwhile was passed over. */
const READ_AGAIN_AFTER_WRONG_CLOCK_MS = DAY;
export const MINUTE_RETENTION_MS = 7 * DAY;

export const lastSettledMinute = (now: number): number => floorTo(now - SETTLE_MS, MINUTE);

export type ScanPlan = {
  /** One window for all: HPAs that need less of it ignore the rest. */
  window: Window;
  /** First minute wanted, per HPA id. */
  starts: Map<number, number>;
  /** What does not fit into this window. */
  gaps: Gap[];
};

export type ScanCursor = { id: number; enrolledAt: number; scannedUntil: number | null };

/** What a scan at `now` asks for; null for no HPAs. */
export function planScan(hpas: readonly ScanCursor[], now: number): ScanPlan | null {
  const end = lastSettledMinute(now);
  const oldest = end - LONGEST_SCAN_MS + MINUTE;
  const starts = new Map<number, number>();
  const gaps: Gap[] = [];
  for (const { id, enrolledAt, scannedUntil } of hpas) {
    const first = floorTo(enrolledAt, MINUTE) - FIRST_LOOK_MS;
    const from =
      scannedUntil === null
        ? first
        : scannedUntil > end + CURSOR_MAY_LEAD_MS
          ? Math.min(Math.max(first, end - READ_AGAIN_AFTER_WRONG_CLOCK_MS), end - READ_AGAIN_MS)
          : // A clock that was set back a little still reads the last two minutes.
            Math.min(scannedUntil, end) - READ_AGAIN_MS;
    if (from > end) continue;
    starts.set(id, Math.max(from, oldest));
    if (from < oldest) gaps.push({ hpaId: id, from, to: oldest - MINUTE });
  }
  if (starts.size === 0) return null;
  return { window: { start: Math.min(...starts.values()), end, stepMs: SCAN_STEP_MS }, starts, gaps };
}

export type GapPiece = {
  /** null: no instant of the coarse step lies inside, so there is nothing to ask for. */
  window: Window | null;
  /** What is collected with this piece, per HPA. */
  closes: Gap[];
};

/**
 * The newest piece of the open gaps, at most 6 h long, for up to `groupSize` HPAs; null when there is no gap. What is older
 * than minute rows are kept is collected at 5 m, since nothing finer would stay.
 */
export function nextGapPiece(
  gaps: readonly Gap[],
  now: number,
  { groupSize, minuteRetentionMs = MINUTE_RETENTION_MS }: { groupSize: number; minuteRetentionMs?: number },
): GapPiece | null {
  const newest = gaps.reduce<Gap | null>((best, gap) => (best === null || gap.to > best.to ? gap : best), null);
  if (newest === null) return null;
  const to = newest.to;
  const boundary = floorTo(now - minuteRetentionMs, MINUTE);
  const fine = to >= boundary;
  const longest = to - LONGEST_GAP_PIECE_MS + MINUTE;
  const lower = fine ? Math.max(longest, boundary) : longest;
  const overlapping = gaps.filter((gap) => gap.to >= lower && gap.from <= to);
  const ids = [...new Set([newest.hpaId, ...overlapping.map(({ hpaId }) => hpaId)])].slice(0, groupSize);
  const closes = overlapping
    .filter(({ hpaId }) => ids.includes(hpaId))
    .map(({ hpaId, from, to: end }) => ({ hpaId, from: Math.max(from, lower), to: Math.min(end, to) }));
  const from = Math.min(...closes.map((gap) => gap.from));
  return { window: fine ? { start: from, end: to, stepMs: SCAN_STEP_MS } : coarse(from, to), closes };
}

function coarse(from: number, to: number): Window | null {
  const start = Math.ceil(from / BACKFILL_STEP_MS) * BACKFILL_STEP_MS;
  const end = floorTo(to, BACKFILL_STEP_MS);
  return start > end ? null : { start, end, stepMs: BACKFILL_STEP_MS };
}

/** A window cut into pieces of at most `longestMs`, newest first, so that collecting it can be interrupted and resumed. */
export function cutIntoPieces(window: Window, longestMs: number): Window[] {
  const pieces: Window[] = [];
  const points = Math.max(1, Math.min(pointsIn(window), Math.floor(longestMs / window.stepMs)));
  for (let end = window.end; end >= window.start; end -= points * window.stepMs) {
    pieces.push({ ...window, start: Math.max(window.start, end - (points - 1) * window.stepMs), end });
  }
  return pieces;
}
