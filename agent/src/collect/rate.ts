/** One finished group of a backfill. */
export type BackfillMeasure = { hpas: number; durationMs: number };

/** What one backfill is said to take before any was measured, ms. */
export const DEFAULT_BACKFILL_MS = 3_000;

const MEASURES_KEPT = 20;
/** Share of a group's duration that does not depend on its size, while groups of one size only were measured. */
const ASSUMED_FIXED_SHARE = 0.5;

/** The measures with a newer one, oldest dropped. */
export const withMeasure = (measured: readonly BackfillMeasure[], next: BackfillMeasure): BackfillMeasure[] =>
  [...measured, next].slice(-MEASURES_KEPT);

/**
 * How long `queued` HPAs take, collected in groups of `groupSize`, ms: a straight line through past groups (least squares:
 * a fixed part a group, a part an HPA).
 */
export function estimateBackfillMs(measured: readonly BackfillMeasure[], queued: number, groupSize = 50): number {
  if (queued <= 0) return 0;
  const groups = Math.ceil(queued / groupSize);
  if (measured.length === 0) return DEFAULT_BACKFILL_MS * groups;
  const { fixedMs, perHpaMs } = lineThrough(measured);
  return Math.round(groups * fixedMs + queued * perHpaMs);
}

function lineThrough(measured: readonly BackfillMeasure[]): { fixedMs: number; perHpaMs: number } {
  const meanHpas = mean(measured.map(({ hpas }) => hpas));
  const meanMs = mean(measured.map(({ durationMs }) => durationMs));
  const spread = mean(measured.map(({ hpas }) => (hpas - meanHpas) ** 2));
  const slope = mean(measured.map(({ hpas, durationMs }) => (hpas - meanHpas) * (durationMs - meanMs))) / spread;
  if (spread > 0 && slope >= 0 && slope * meanHpas <= meanMs) {
    return { fixedMs: meanMs - slope * meanHpas, perHpaMs: slope };
  }
  const fixedMs = meanMs * ASSUMED_FIXED_SHARE;
  return { fixedMs, perHpaMs: (meanMs - fixedMs) / meanHpas };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
