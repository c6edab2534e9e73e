import { DAY, MINUTE } from '../../../agent/src/core/clock.ts';
import type { Maybe, Sample } from '../../../agent/src/domain/sample.ts';
import type { Detector } from './detector.ts';
import { heldFor } from './held-for.ts';
import type { Alert } from './score.ts';

const METRICS: [kind: string, valueOf: (sample: Sample) => Maybe][] = [
  ['cpu_deviation', ({ cpuCurrent }) => cpuCurrent],
  ['memory_deviation', ({ memoryCurrent }) => memoryCurrent],
  ['replicas_deviation', ({ replicasCurrent }) => replicasCurrent],
  ['pressure_deviation', ({ pressure }) => pressure],
];
const SIGMAS = 3;
const FOR_MS = 5 * MINUTE;
/** Less than half a day says nothing. */
const LEAST_VALUES = 720;

/** One metric: beyond three standard deviations of the 24 hours before, for 5 m, as such rules are written. */
function metricAlerts(kind: string, samples: readonly Sample[], valueOf: (sample: Sample) => Maybe): Alert[] {
  const rule = heldFor(kind, FOR_MS);
  const known: { ts: number; value: number }[] = [];
  let oldest = 0;
  let [sum, squares] = [0, 0];
  for (const sample of samples) {
    for (let old = known[oldest]; old !== undefined && old.ts <= sample.ts - DAY; old = known[oldest]) {
      sum -= old.value;
      squares -= old.value ** 2;
      oldest += 1;
    }
    const value = valueOf(sample);
    const count = known.length - oldest;
    const mean = sum / count;
    const deviation = Math.sqrt(Math.max(0, squares / count - mean ** 2));
    rule.next(sample.ts, value !== null && count >= LEAST_VALUES && Math.abs(value - mean) > SIGMAS * deviation + 1e-6);
    if (value === null) continue;
    known.push({ ts: sample.ts, value });
    sum += value;
    squares += value ** 2;
  }
  return rule.end();
}

/** Mean and standard deviation of the last 24 hours, per metric. */
export const threeSigma: Detector = {
  name: '3-sigma of 24 h',
  run: ({ samples }) => METRICS.flatMap(([kind, valueOf]) => metricAlerts(kind, samples, valueOf)),
};
