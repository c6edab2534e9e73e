import type { ScanSeen } from './open-loop.ts';

/** A slot by the plan that the agent told of. Epoch ms. */
export type SlotSeen = { clusters: string[]; start: number; end: number };

export type Punctuality = {
  /** From the start of the slot to that of each of its scans, ms. */
  lateMs: number[];
  lateStarts: number;
  /** Clusters of slots that are over, of which no scan began in their slot. */
  withoutScan: number;
  /** The longest that a cluster was without the start of a scan, ms. */
  longestGapMs: number;
};

/** A scan that begins later than this after its slot has lost a part of it that matters. */
export const LATE_START_MS = 1_000;
/** Times of scans are told in whole ms, by two clocks of one process. */
const ROUNDING_MS = 2;

/** Whether scans began when their slots did, by the times of both rather than by the results that the agent gave them. */
export function punctualityOf(
  slots: readonly SlotSeen[],
  scans: readonly ScanSeen[],
  { from, to, clusters }: { from: number; to: number; clusters: readonly string[] },
): Punctuality {
  const startsOf = (cluster: string) =>
    scans.filter((scan) => scan.cluster === cluster).map(({ startedAt }) => startedAt);
  const starts = new Map(clusters.map((cluster) => [cluster, startsOf(cluster)]));
  const pairs = slots
    .filter(({ start, end }) => start >= from && end <= to)
    .flatMap(({ clusters: own, start, end }) =>
      own.map((cluster) => {
        const begun = starts.get(cluster)?.find((at) => at >= start - ROUNDING_MS && at < end);
        return begun === undefined ? null : Math.max(0, begun - start);
      }),
    );
  const lateMs = pairs.filter((late) => late !== null);
  const gaps = [...starts.values()].flatMap((of) => {
    const marks = [from, ...of.filter((at) => at > from && at < to).sort((a, b) => a - b), to];
    return marks.slice(1).map((at, i) => at - (marks[i] ?? at));
  });
  return {
    lateMs,
    lateStarts: lateMs.filter((late) => late > LATE_START_MS).length,
    withoutScan: pairs.length - lateMs.length,
    longestGapMs: Math.max(0, ...gaps),
  };
}
