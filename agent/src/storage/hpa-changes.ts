import type { HpaChange } from '../domain/change.ts';
import { SPEC_COLUMNS } from '../domain/sample.ts';
import type { RevisionChange } from './revision-changes.ts';
import type { Spec, SpecChange } from './spec-changes.ts';

export type StoredChanges = {
  /** In force just before the first of `specs`. */
  before: Spec;
  specs: readonly SpecChange[];
  /** The latest revisions before the first of `revisions`; none: what comes first is what was there already. */
  revisionsBefore: readonly RevisionChange[];
  revisions: readonly RevisionChange[];
};

/** What people call a change, ascending. A value that vanishes and comes back the same was only not known meanwhile. */
export function changesOf({ before, specs, revisionsBefore, revisions }: StoredChanges): HpaChange[] {
  return [...configChanges(before, specs), ...rollouts(revisionsBefore, revisions)].sort((a, b) => a.at - b.at);
}

function configChanges(before: Spec, specs: readonly SpecChange[]): HpaChange[] {
  const known = [...before];
  return specs.flatMap(({ ts, spec }) =>
    SPEC_COLUMNS.flatMap((field, i): HpaChange[] => {
      const from = known[i] ?? NaN;
      const to = spec[i] ?? NaN;
      if (Number.isNaN(to)) return [];
      known[i] = to;
      return Number.isNaN(from) || from === to ? [] : [{ kind: 'config', at: ts, field, from, to }];
    }),
  );
}

function rollouts(before: readonly RevisionChange[], revisions: readonly RevisionChange[]): HpaChange[] {
  const seen = [...before];
  const first = before.length > 0 ? -Infinity : (revisions[0]?.ts ?? 0);
  return revisions.flatMap((change): HpaChange[] => {
    const from = seen.at(-1)?.revision ?? null;
    const isReturn = seen.some(({ revision }) => revision === change.revision);
    seen.push(change);
    return change.ts <= first ? [] : [{ kind: 'rollout', at: change.ts, from, to: change.revision, isReturn }];
  });
}
