import type { SoakResult } from './run.ts';
import { kept, type Rest } from './rest.ts';
import type { SoakRow } from './sampling.ts';

export type Point = { x: number; y: number };

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
};

/**
 * The median of the slopes between all pairs of points: what a quarter of them say does not move it.
 * https://en.wikipedia.org/wiki/Theil%E2%80%93Sen_estimator
 */
export function theilSen(points: readonly Point[]): number {
  const slopes = points.flatMap((a, i) =>
    points.slice(i + 1).flatMap((b) => (a.x === b.x ? [] : [(b.y - a.y) / (b.x - a.x)])),
  );
  return slopes.length === 0 ? 0 : median(slopes);
}

/** By how much a figure may grow over the last half of a soak: a share of its median, or so much, whichever is more. */
export type Bound = { share: number; atLeast: number };

export const BOUNDS = {
  rss_mib: { share: 0.05, atLeast: 8 },
  heap_mib: { share: 0.1, atLeast: 5 },
  external_mib: { share: 0.1, atLeast: 2 },
  fds: { share: 0, atLeast: 1 },
  threads: { share: 0, atLeast: 0 },
  children: { share: 0, atLeast: 0 },
  loop_p99_ms: { share: 0.1, atLeast: 2 },
  wal_mib: { share: 0, atLeast: 1 },
  samples: { share: 0.05, atLeast: 0 },
} satisfies Partial<Record<keyof SoakRow, Bound>>;
export type Judged = keyof typeof BOUNDS;

export type Verdict = {
  figure: Judged;
  /** Over the last half. */
  median: number;
  growth: number;
  allowed: number;
  flat: boolean;
};

/** Whether each figure is flat over the last half of the rows, by a slope that a few odd rows do not move. */
export function judge(
  rows: readonly SoakRow[],
  figures: readonly Judged[] = Object.keys(BOUNDS) as Judged[],
): Verdict[] {
  const last = rows.slice(Math.floor(rows.length / 2));
  const span = (last.at(-1)?.hour ?? 0) - (last[0]?.hour ?? 0);
  return figures.map((figure) => {
    const points = last.map((row) => ({ x: row.hour, y: row[figure] }));
    const typical = median(points.map(({ y }) => y));
    const growth = theilSen(points) * span;
    const { share, atLeast } = BOUNDS[figure];
    const allowed = Math.max(atLeast, share * typical);
    // Not a number is not flat.
    return { figure, median: typical, growth, allowed, flat: growth <= allowed };
  });
}

const MOST_KEPT = 1;

const keptProblems = (rest: Rest): string[] => {
  const { handles, fds, workers } = kept(rest);
  return [
    ...(handles <= MOST_KEPT ? [] : [`${handles} handles stayed open`]),
    ...(fds <= MOST_KEPT ? [] : [`${fds} descriptors stayed open`]),
    ...(workers <= 1 ? [] : [`${workers} threads stayed`]),
  ];
};

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
/** A run in which more scans than this were late was too fast for the machine: what it shows is not what the agent does. */
const MOST_LATE_SCANS = 0.02;

/** Everything that should not be, as sentences; none: the soak is passed. */
export function problemsOf(result: SoakResult, figures?: readonly Judged[]): string[] {
  const { rows, minutes, scans, notifications, taken, life, rest, exit } = result;
  const all = Object.values(scans).reduce((sum, count) => sum + count, 0);
  const { overrun = 0, ok = 0 } = scans;
  const { sent = 0, given_up: givenUp = 0 } = notifications;
  return [
    ...judge(rows, figures)
      .filter(({ flat }) => !flat)
      .map(({ figure, growth, allowed }) => `${figure} grew by ${growth.toFixed(1)}, allowed: ${allowed.toFixed(1)}`),
    ...keptProblems(rest),
    ...(minutes.wanted === 0 ? ['no minute was looked at'] : []),
    ...(minutes.stored < minutes.wanted
      ? [`${minutes.wanted - minutes.stored} minutes are missing, such as ${minutes.missing[0]}`]
      : []),
    ...(ok === 0 ? ['no scan succeeded'] : []),
    ...(share(overrun, all) > MOST_LATE_SCANS
      ? [`${overrun} of ${all} scans were late: the run was too fast for this machine`]
      : []),
    ...(givenUp > 0 ? [`${givenUp} notifications were given up`] : []),
    ...(sent !== taken ? [`${sent} notifications were sent, ${taken} arrived`] : []),
    ...life.wrong.map((call) => `a call failed: ${call}`),
    ...(exit.code === 0 ? [] : [`the agent ended with ${exit.code}`]),
  ];
}
