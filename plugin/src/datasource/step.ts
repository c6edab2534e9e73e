const MINUTE_MS = 60_000;

/** The steps that the agent knows: it takes the smallest that is not shorter than what is asked, so asked for one of these it keeps it. */
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1_440].map((minutes) => minutes * MINUTE_MS);
const LONGEST_MS = 1_440 * MINUTE_MS;
const USUAL_POINTS = 1_500;

/** How far apart the points of a panel are: no nearer than its interval, no more than it can show. */
export function stepOf(span: {
  from: number;
  to: number;
  intervalMs: number;
  maxDataPoints: number | undefined;
}): number {
  const points = Math.max(1, span.maxDataPoints ?? USUAL_POINTS);
  const leastMs = Math.max(MINUTE_MS, span.intervalMs, (span.to - span.from) / points);
  return STEPS_MS.find((step) => step >= leastMs) ?? LONGEST_MS;
}
