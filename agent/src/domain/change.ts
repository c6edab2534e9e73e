import type { SpecColumn } from './sample.ts';

/** A value of an HPA's spec that became another; a value that was not known before is no change. */
export type ConfigFieldChange = { field: SpecColumn; from: number; to: number };

/**
 * The pods of the scale target come from another revision than before: of a Deployment or Rollout a ReplicaSet, of a StatefulSet its
 * update revision, by name. `isReturn`: that revision had been replaced before and is back (a rollback).
 */
export type Rollout = { from: string | null; to: string; isReturn: boolean };

/** What was done to an HPA or its target. Times are sample times, epoch ms. */
export type HpaChange = { at: number } & (({ kind: 'config' } & ConfigFieldChange) | ({ kind: 'rollout' } & Rollout));

/** The revisions that a scale target had at an instant, in any order; several while pods are being replaced. */
export type RevisionsSeen = { at: number; revisions: readonly string[] };
