import pLimit, { type LimitFunction } from 'p-limit';
import { isAgentError, type AgentError } from '../core/errors.ts';
import type { RevisionsSeen } from '../domain/change.ts';
import type { Sample } from '../domain/sample.ts';
import { pointsIn, type Window } from '../domain/window.ts';
import { findsPodsByName } from '../prometheus/capabilities.ts';
import type { Prometheus, Series } from '../prometheus/prometheus.ts';
import { CPU_CORE_QUERY, QUERIES, type NamedQuery } from '../prometheus/queries.ts';
import type { QueryScope, Workload } from '../prometheus/scope.ts';
import { assemble, type Answers, type TrackedHpa } from './assemble.ts';
import type { Survey } from './discover.ts';
import { collectRange } from './range.ts';
import { revisionsSeen } from './revisions.ts';

/** Queries under way at once to one Prometheus. */
const QUERIES_AT_ONCE = 4;

export const createQueryLimit = (): LimitFunction => pLimit(QUERIES_AT_ONCE);

export type Gathered = {
  samples: Map<number, Sample[]>;
  /** Of each HPA whose target's revisions are told. */
  revisions: Map<number, RevisionsSeen[]>;
  notes: string[];
};

export type GatherOptions = {
  signal: AbortSignal;
  /** Shared by gatherings that run at once; the queries of the first begun go first. */
  limit?: LimitFunction;
  /** Called after each query with the share done, 0 to 1. */
  onProgress?: (done: number) => Promise<void>;
};

/**
 * All columns of a group of HPAs over a window: one range query each, in parallel. What the server refuses of the optional
 * ones is missing, with a note; any other failure ends the others and rejects.
 */
export async function gather(
  prometheus: Pick<Prometheus, 'range'>,
  hpas: readonly TrackedHpa[],
  window: Window,
  { capabilities, scraperContainers }: Pick<Survey, 'capabilities' | 'scraperContainers'>,
  { signal, onProgress, limit = createQueryLimit() }: GatherOptions,
): Promise<Gathered> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const answers: Answers = {};
  const notes: string[] = [];
  let done = 0;

  const ask = async (query: NamedQuery, about: readonly TrackedHpa[]) => {
    either.throwIfAborted();
    const build = (members: readonly TrackedHpa[]) =>
      query.build({ hpas: members, workloads: workloadsOf(members), capabilities } satisfies QueryScope);
    try {
      answers[query.name] = await collectRange(prometheus, build, about, window, either);
    } catch (error) {
      if (!query.optional || !isRefusal(error)) throw error;
      notes.push(`${query.name} is missing: ${error.message}`);
    }
  };
  const run = async (query: NamedQuery) => {
    await ask(query, hpas);
    if (query.name === 'cpu' && answers.cpu) {
      const lacking = withoutEveryPoint(hpas, answers.cpu, window);
      if (lacking.length > 0) await ask(CPU_CORE_QUERY, lacking);
    }
    done += 1;
    await onProgress?.(done / QUERIES.length);
  };

  try {
    await Promise.all(QUERIES.map((query) => limit(() => run(query))));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  const approximate = findsPodsByName(capabilities);
  return {
    samples: assemble(hpas, window, answers, { approximate, scraperContainers }),
    revisions: revisionsSeen(hpas, answers.revisions ?? []),
    notes,
  };
}

const isRefusal = (error: unknown): error is AgentError =>
  isAgentError(error) && (error.code === 'prometheus/refused' || error.code === 'prometheus/too-many-samples');

function workloadsOf(hpas: readonly TrackedHpa[]): Workload[] {
  return hpas.flatMap(({ namespace, target }) => (target === null ? [] : [{ namespace, ...target }]));
}

/** HPAs with a target of which an answer by workload lacks an instant of the window. */
function withoutEveryPoint(hpas: readonly TrackedHpa[], answer: readonly Series[], window: Window): TrackedHpa[] {
  const points = new Map<string, number>();
  for (const { labels, times } of answer) {
    const workload = `${labels.namespace}/${labels.owner_kind}/${labels.owner_name}`;
    points.set(workload, (points.get(workload) ?? 0) + times.length);
  }
  const wanted = pointsIn(window);
  return hpas.filter(
    ({ namespace, target }) =>
      target !== null && (points.get(`${namespace}/${target.kind}/${target.name}`) ?? 0) < wanted,
  );
}
