import type { RevisionsSeen } from '../domain/change.ts';
import { isObjectName } from '../domain/hpa.ts';
import type { Series } from '../prometheus/prometheus.ts';
import type { HpaRevisions } from '../storage/store.ts';
import { groupByWorkload, workloadId, type TrackedHpa } from './assemble.ts';

/** The answer to the query for revisions -> per HPA what its target had at the first instant and at each at which that changed. */
export function revisionsSeen(hpas: readonly TrackedHpa[], series: readonly Series[]): Map<number, RevisionsSeen[]> {
  const byWorkload = new Map<string, Map<number, string[]>>();
  for (const { labels, times } of series) {
    const { revision } = labels;
    if (!revision || !isObjectName(revision)) continue;
    const id = workloadId(labels);
    const known = byWorkload.get(id) ?? new Map<number, string[]>();
    byWorkload.set(id, known);
    for (const at of times) known.set(at, [...(known.get(at) ?? []), revision]);
  }
  const seen = new Map<number, RevisionsSeen[]>();
  for (const [workload, hpaIds] of groupByWorkload(hpas)) {
    const instants = byWorkload.get(workload);
    if (!instants) continue;
    const points = changesAmong([...instants].map(([at, revisions]) => ({ at, revisions: revisions.sort() })));
    for (const id of hpaIds) seen.set(id, points);
  }
  return seen;
}

function changesAmong(points: readonly RevisionsSeen[]): RevisionsSeen[] {
  const ascending = [...points].sort((a, b) => a.at - b.at);
  return ascending.filter((point, i) => i === 0 || signature(point) !== signature(ascending[i - 1]));
}

const signature = (point: RevisionsSeen | undefined): string => point?.revisions.join(' ') ?? '';

/** Passes on what the store has not been given before: nearly always nothing, so that a scan writes nothing. */
export function createRevisionFilter() {
  const given = new Map<number, string>();
  return {
    news: (seen: ReadonlyMap<number, readonly RevisionsSeen[]>): HpaRevisions[] =>
      [...seen].flatMap(([hpaId, points]) => {
        const isKnown = points.every((point) => signature(point) === given.get(hpaId));
        return isKnown ? [] : [{ hpaId, seen: [...points] }];
      }),
    /** They are in the store. */
    written(revisions: readonly HpaRevisions[]): void {
      for (const { hpaId, seen } of revisions) given.set(hpaId, signature(seen.at(-1)));
    },
  };
}

export type RevisionFilter = ReturnType<typeof createRevisionFilter>;

export const asBatch = (seen: ReadonlyMap<number, readonly RevisionsSeen[]>): HpaRevisions[] =>
  [...seen].map(([hpaId, points]) => ({ hpaId, seen: [...points] }));
