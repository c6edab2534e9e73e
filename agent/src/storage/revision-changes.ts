import type { RevisionsSeen } from '../domain/change.ts';

/** As many as a Deployment keeps by default (revisionHistoryLimit): what is older and comes back is told as new. */
export const REMEMBERED_REVISIONS = 10;

/** From this instant on the pods come from this revision. */
export type RevisionChange = { ts: number; revision: string };

/**
 * What was seen of a target's revisions -> the changes to store. Pure: what to store, not how.
 *
 * A revision that was never seen is a rollout from its first pod on. While pods are replaced several are there, and one that came before
 * may linger (evicted pods do): that is none. A known one counts again when the newest has no pod left: a rollback.
 * `before`: revisions of the latest stored changes, ascending. `points`: ascending, those already stored among them.
 */
export function planRevisionChanges(before: readonly string[], points: readonly RevisionsSeen[]): RevisionChange[] {
  const planned: RevisionChange[] = [];
  const seen = [...before];
  for (const { at: ts, revisions } of points) {
    const newest = seen.at(-1);
    const fresh = revisions.filter((revision) => !seen.includes(revision)).sort();
    const isGone = newest !== undefined && revisions.length > 0 && !revisions.includes(newest);
    const back = fresh.length === 0 && isGone ? seen.findLast((revision) => revisions.includes(revision)) : undefined;
    for (const revision of back === undefined ? fresh : [back]) {
      seen.push(revision);
      planned.push({ ts, revision });
    }
  }
  return planned;
}

/** Stored changes as what was seen at each of their instants. */
export function revisionsByInstant(changes: readonly RevisionChange[]): RevisionsSeen[] {
  const groups = new Map<number, string[]>();
  for (const { ts, revision } of changes) groups.set(ts, [...(groups.get(ts) ?? []), revision]);
  return [...groups].map(([at, revisions]) => ({ at, revisions }));
}
