import type { Maybe, Sample } from './sample.ts';

/** Less than a quarter of a replica's worth of work is as good as none: logarithms need an end. */
const LEAST = 0.25;

/** ln of the work that arrives, in replicas exactly at their target; null where pressure or replicas are not known. */
export function demandOf({ replicasCurrent, pressure }: Pick<Sample, 'replicasCurrent' | 'pressure'>): Maybe {
  if (replicasCurrent === 0) return Math.log(LEAST);
  return replicasCurrent === null || pressure === null ? null : Math.log(Math.max(LEAST, replicasCurrent * pressure));
}

/** The same counted by ready replicas: a pod that is not ready yet does no work, though some metrics are divided by all. */
export const demandOfReady = ({ replicasReady, pressure }: Pick<Sample, 'replicasReady' | 'pressure'>): Maybe =>
  demandOf({ replicasCurrent: replicasReady, pressure });
