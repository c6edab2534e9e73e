import { MINUTE } from '../core/clock.ts';
import type { Limits } from './limits.ts';
import type { Minute } from './memory.ts';
import { ruleFinding, type Detector } from './moment.ts';

/**
 * The number of replicas goes up and down and up again.
 *
 * Metric: current replicas. Rule: changes of direction within ten minutes. The default scale-down stabilization of five minutes allows one
 * up-and-down in that time, which is two changes; three and more mean that the window is too short for this load, or that two
 * writers fight over the target. It is over when replicas have not turned for some minutes; one turn after such a pause is what scales down at last.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#flapping
 */
export const oscillation: Detector = (moment) => {
  const { sample, limits, memory } = moment;
  if (sample.replicasCurrent === null) return 'unknown';
  const { reversals: enter, holdReversals, criticalReversals, withinMinutes } = limits.oscillation;
  const from = sample.ts - withinMinutes * MINUTE;
  const count = turnsWithoutPause(memory.recent, sample.ts, limits.oscillation);
  if (count < holdReversals) return null;
  const seen = memory.recent.filter(({ ts }) => ts >= from).map(({ current }) => current ?? 0);
  return ruleFinding('oscillation', moment, {
    severity: count >= criticalReversals ? 'critical' : 'warning',
    level: count >= enter ? 'enter' : 'hold',
    score: count / enter,
    observed: sample.replicasCurrent,
    metric: 'replicas',
    facts: { reversals: count, low: Math.min(...seen), high: Math.max(...seen) },
  });
};

/** Instants at or after `from` at which the direction changed, ascending. */
function reversals(minutes: readonly Minute[], from: number): number[] {
  let direction = 0;
  let last: number | null = null;
  const found: number[] = [];
  for (const { ts, current } of minutes) {
    if (current === null) continue;
    const step = last === null ? 0 : Math.sign(current - last);
    last = current;
    if (step === 0) continue;
    if (direction !== 0 && step !== direction && ts >= from) found.push(ts);
    direction = step;
  }
  return found;
}

/** How many changes of direction followed each other up to now, with no pause of some minutes in between. */
export function turnsWithoutPause(
  minutes: readonly Minute[],
  now: number,
  { withinMinutes, pauseMinutes }: Limits['oscillation'],
): number {
  let count = 0;
  let next = now;
  for (const at of reversals(minutes, now - withinMinutes * MINUTE).toReversed()) {
    if (next - at >= pauseMinutes * MINUTE) break;
    count += 1;
    next = at;
  }
  return count;
}
