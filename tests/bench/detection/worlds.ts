import { DAY, HOUR, MINUTE, SECOND } from '../../../agent/src/core/clock.ts';
import { between, keyOf, uniform } from '../../../agent/src/demo/rng.ts';
import { createSimulation, type Simulation } from '../../../agent/src/demo/simulation.ts';
import type { Span } from './score.ts';

export const HISTORY_MS = 10 * DAY;
/** Three days are for learning; what begins later counts. */
export const LEARNING_MS = 72 * HOUR;
export const SCRAPE_MS = MINUTE;

/** One block of this many hours, at a whole multiple of its length since 1970, holds the whole history: promtool then reads a file once. */
export const BLOCK_HOURS = 486;
const BLOCK_START = Math.floor(Date.UTC(2026, 9, 15) / (BLOCK_HOURS * HOUR)) * BLOCK_HOURS * HOUR;

export type World = {
  /** Set behind the names of its clusters, so that all HPAs of a seed differ. */
  suffix: string;
  simulation: Simulation;
  /** The same without any incident: what would have been. */
  clean: Simulation;
};

/** History of `seed`, epoch ms: another day of the week with each seed. */
export function spanOf(seed: number): Span {
  const start = Math.ceil(BLOCK_START / DAY) * DAY + (seed % 7) * DAY;
  return { start, end: start + HISTORY_MS };
}

/** 40 HPAs: the two dozen of the demo, each of a sort of its own, and two clusters of eight generated ones. */
export function worldsOf(seed: number): World[] {
  const { start, end } = spanOf(seed);
  const common = { liveFrom: end, historyMs: HISTORY_MS, scrapeMs: SCRAPE_MS };
  const incidents = { perHpaDay: 0.6, partialShare: 0.3, from: start + LEARNING_MS + 30 * MINUTE };
  const world = (suffix: string, fleet: { seed: number; clusters?: number; hpasPerCluster?: number }): World => ({
    suffix,
    simulation: createSimulation({ ...common, ...fleet, incidents }),
    clean: createSimulation({ ...common, ...fleet, incidents: 'none' }),
  });
  return [world('', { seed }), world('-2', { seed: seed + 1_000, clusters: 2, hpasPerCluster: 8 })];
}

/**
 * Times at which a cluster's Prometheus scraped nothing, as when it restarts: three to eight minutes, about every other day. Nothing is wrong
 * with any HPA then, though rate() over five minutes reads far too low just after.
 */
export function scrapeGaps(seed: number, cluster: string, { start, end }: Span): Span[] {
  const key = keyOf(seed ^ 0x3c2d1e0f, cluster);
  const gaps: Span[] = [];
  for (let day = 0; start + day * DAY < end; day += 1) {
    if (uniform(key, day * 3) >= 0.5) continue;
    const from = start + day * DAY + between(key, day * 3 + 1, 0, DAY - HOUR);
    gaps.push({ start: from, end: from + between(key, day * 3 + 2, 3 * MINUTE, 8 * MINUTE) });
  }
  return gaps;
}

export const within =
  (spans: readonly Span[]) =>
  (at: number): boolean =>
    spans.some(({ start, end }) => at >= start && at < end);

/** A sample is this old at most at a minute that shows it: as if series that end were marked stale with the next scrape. */
export const LOOKBACK_MS = SCRAPE_MS - SECOND;
