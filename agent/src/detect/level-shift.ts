import { HOUR, MINUTE } from '../core/clock.ts';
import { ruleFinding, type Detector } from './moment.ts';

/**
 * A lasting new level of the load.
 *
 * Metric: demand (pressure x replicas) against the profile. Rule: the load jumped, and since then has been a third more or a quarter less on
 * average for an hour, never coming back. An hour tells it from a spike; a day later the profile is the better judge.
 */
export const levelShift: Detector = (moment) => {
  const { sample, memory, limits } = moment;
  const { since, mean, residual, side } = memory.load;
  if (residual === null) return 'unknown';
  if (since === null) return null;
  const { change, unshownChange, minutes, maxHours } = limits.level_shift;
  const lasted = sample.ts - since;
  if (lasted < minutes * MINUTE || lasted > maxHours * HOUR) return null;
  // ln 1.3 = 0.26 up; downwards the same ratio, 1 / 1.3.
  if (Math.abs(mean) < Math.log(1 + change)) return null;
  // One that no metric of the HPA shows has to be large: half more, or a third less.
  const { cpu, replicas, pressure } = memory.metrics;
  const isShown = [cpu, replicas, pressure].some((metric) => metric.on !== undefined && metric.side === side);
  if (!isShown && Math.abs(mean) < Math.log(1 + unshownChange)) return null;
  return ruleFinding('level_shift', moment, {
    severity: 'warning',
    level: 'enter',
    since,
    score: Math.abs(mean) / Math.log(1 + change),
    observed: sample.replicasCurrent,
    metric: 'replicas',
    direction: side > 0 ? 'over' : 'under',
    facts: { factor: Math.exp(mean), minutes: lasted / MINUTE },
  });
};
