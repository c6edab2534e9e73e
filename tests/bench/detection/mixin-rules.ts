import { MINUTE } from '../../../agent/src/core/clock.ts';
import { emptySample, type Sample } from '../../../agent/src/domain/sample.ts';
import type { Detector } from './detector.ts';
import { heldFor } from './held-for.ts';

const FOR_MS = 15 * MINUTE;

/**
 * KubeHpaReplicasMismatch: desired != current and current > min and current < max and changes(current[15m]) == 0, for 15 m.
 * `window`: the samples of the last 15 minutes, this one included.
 * https://github.com/kubernetes-monitoring/kubernetes-mixin/blob/master/alerts/apps_alerts.libsonnet
 */
function isMismatch(
  { replicasDesired: desired, replicasCurrent: current, ...spec }: Sample,
  window: readonly Sample[],
) {
  const { replicasMin: min, replicasMax: max } = spec;
  if (desired === null || current === null || min === null || max === null) return false;
  if (desired === current || current <= min || current >= max) return false;
  return window.every(({ replicasCurrent }) => replicasCurrent === null || replicasCurrent === current);
}

/** KubeHpaMaxedOut: current == max, for 15 m. Same source. */
const isMaxedOut = ({ replicasCurrent, replicasMax }: Sample): boolean =>
  replicasCurrent !== null && replicasCurrent === replicasMax;

/** The two rules on HPAs of kubernetes-mixin, evaluated each minute. */
export const mixinRules: Detector = {
  name: 'kubernetes-mixin',
  run({ samples }) {
    const mismatch = heldFor('replicas_mismatch', FOR_MS);
    const maxedOut = heldFor('maxed_out', FOR_MS);
    const byTime = new Map(samples.map((sample) => [sample.ts, sample]));
    const [first, last] = [samples[0]?.ts ?? 0, samples.at(-1)?.ts ?? -1];
    let window: Sample[] = [];
    for (let at = first; at <= last; at += MINUTE) {
      const sample = byTime.get(at) ?? emptySample(at);
      window = [...window.filter(({ ts }) => ts >= at - FOR_MS), sample];
      mismatch.next(at, isMismatch(sample, window));
      maxedOut.next(at, isMaxedOut(sample));
    }
    return [...mismatch.end(), ...maxedOut.end()];
  },
};
