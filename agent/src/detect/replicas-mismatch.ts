import { MINUTE } from '../core/clock.ts';
import type { Minute } from './memory.ts';
import { ruleFinding, type Detector } from './moment.ts';

/**
 * What the HPA wants does not come about.
 *
 * Metrics: desired, current and ready replicas. Rule: desired != current while current does not move (something else writes the
 * target's replicas), or fewer ready than current while ready does not rise (pending or crashing pods). A rollout keeps its
 * ready pods, a scale-up adds ready ones within minutes, so both go on by themselves.
 * Source: KubeHpaReplicasMismatch of kubernetes-mixin (desired != current, strictly between min and max, no change in 15 min). The bounds are not asked
 * for here: a target that is held above max is no better.
 */
export const replicasMismatch: Detector = (moment) => {
  const { sample, limits, memory } = moment;
  const { replicasCurrent: current, replicasDesired: desired, replicasReady: ready } = sample;
  if (current === null || desired === null) return 'unknown';
  // A target at zero has its autoscaling switched off: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation
  if (current === 0) return null;
  const isIgnored = desired !== current;
  const lacksReady = ready !== null && ready < current;
  if (!isIgnored && !lacksReady) return null;
  const spanMs = limits.replicas_mismatch.stillMinutes * MINUTE;
  const still = memory.recent.filter(({ ts }) => ts > sample.ts - spanMs);
  const isStill = still.every(isIgnored ? notApplied(current) : noneAdded(current, ready ?? 0));
  const since = still[0]?.ts ?? sample.ts;
  return ruleFinding('replicas_mismatch', moment, {
    severity: 'warning',
    level: isStill && sample.ts - since >= spanMs - MINUTE ? 'enter' : 'hold',
    since,
    score: isIgnored ? Math.abs(desired - current) : current - (ready ?? current),
    observed: isIgnored ? current : ready,
    metric: 'replicas',
    direction: isIgnored && desired < current ? 'over' : 'under',
    facts: { desired, current, ready, cause: isIgnored ? 'not_applied' : 'not_ready' },
  });
};

const notApplied =
  (now: number) =>
  ({ current, desired }: Minute): boolean =>
    current === now && desired !== current;

/** Every earlier minute had as many ready ones: none was added. */
const noneAdded =
  (now: number, readyNow: number) =>
  ({ current, ready }: Minute): boolean =>
    current === now && ready !== null && ready >= readyNow && ready < now;
