import { MINUTE } from '../core/clock.ts';
import { hasValue, type Sample } from '../domain/sample.ts';
import type { JudgeState } from './memory.ts';
import { ruleFinding, type Detector } from './moment.ts';

/**
 * The HPA's own series, or those of its pods, stop while the cluster answers.
 *
 * Metrics: all of them. Rule: samples that hold nothing for four minutes (or nothing of its pods, with replicas above zero). One missed
 * scrape leaves a hole of a minute or two; after five minutes Prometheus itself calls a series stale. The judge is only given minutes at
 * which the cluster answered: a dead tunnel is not this.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness
 */
export const telemetryLost: Detector = (moment) => {
  const { sample, limits, memory } = moment;
  const since = memory.emptySince ?? memory.podsEmptySince;
  if (since === null) return null;
  const minutes = (sample.ts - since) / MINUTE + 1;
  if (minutes < limits.telemetry_lost.minutes) return null;
  const what = memory.emptySince === null ? 'pods' : 'all';
  return ruleFinding('telemetry_lost', moment, {
    severity: 'warning',
    level: 'enter',
    since,
    score: minutes / limits.telemetry_lost.minutes,
    facts: { what, minutes },
  });
};

/** Rates look five minutes back: after a hole they divide what is left by the whole window, and CPU seems to collapse. */
const RATE_WINDOW_MS = 5 * MINUTE;

export function followTelemetry(
  state: JudgeState,
  sample: Sample,
): Pick<JudgeState, 'emptySince' | 'podsEmptySince' | 'cpuSettledAt'> {
  const { ts, cpuCurrent, memoryCurrent, replicasCurrent } = sample;
  const hasPods = cpuCurrent !== null || memoryCurrent !== null;
  const wasKnown = state.at !== null;
  const emptySince = hasValue(sample) || !wasKnown ? null : (state.emptySince ?? ts);
  // Pods that never had metrics have not lost them.
  const podsAreMissed = emptySince === null && !hasPods && (replicasCurrent ?? 0) > 0 && state.memoryPoints.length > 0;
  const podsEmptySince = podsAreMissed ? (state.podsEmptySince ?? ts) : null;
  // Of a single missed scrape four of five points are left, which is enough for a rate.
  const missing = state.at === null ? 0 : ts - state.at - MINUTE;
  const holeSince = state.emptySince ?? state.podsEmptySince;
  const hole = Math.max(missing, hasPods && holeSince !== null ? ts - holeSince : 0);
  const isHole = hole >= 2 * MINUTE && state.at !== null;
  return { emptySince, podsEmptySince, cpuSettledAt: isHole ? ts + RATE_WINDOW_MS : state.cpuSettledAt };
}
