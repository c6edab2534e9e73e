import { MINUTE } from '../core/clock.ts';
import type { Sample } from '../domain/sample.ts';

/**
 * Samples further apart than a minute, ascending, as the judge wants them: each stands for the minutes up to the next, for `stepMs` at
 * most. Nothing is taken from a later sample. Without this a hole would be seen between any two of them.
 */
export function heldEachMinute(samples: readonly Sample[], stepMs: number): Sample[] {
  return samples.flatMap((sample, index) => {
    const until = Math.min(samples[index + 1]?.ts ?? sample.ts + MINUTE, sample.ts + stepMs);
    const held = [sample];
    for (let ts = sample.ts + MINUTE; ts < until; ts += MINUTE) held.push({ ...sample, ts });
    return held;
  });
}

/** The median distance between neighbours, ms; null for fewer than two. */
export function usualStepMs(points: readonly { ts: number }[]): number | null {
  const steps = points.slice(1).map(({ ts }, index) => ts - (points[index]?.ts ?? ts));
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? null;
}
