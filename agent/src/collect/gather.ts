import pLimit, { type LimitFunction } from 'p-limit';
import { isAgentError, type AgentError } from '../core/errors.ts';
import type { Sample } from '../domain/sample.ts';
import type { Window } from '../domain/window.ts';
import { findsPodsByName } from '../prometheus/capabilities.ts';
import type { Prometheus } from '../prometheus/prometheus.ts';
import { QUERIES, type NamedQuery } from '../prometheus/queries.ts';
import type { QueryScope, Workload } from '../prometheus/scope.ts';
import { assemble, type Answers, type TrackedHpa } from './assemble.ts';
import type { Survey } from './discover.ts';
import { collectRange } from './range.ts';

/** Queries under way at once to one Prometheus. */
const QUERIES_AT_ONCE = 4;

export const createQueryLimit = (): LimitFunction => pLimit(QUERIES_AT_ONCE);

export type Gathered = { samples: Map<number, Sample[]>; notes: string[] };

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

  const run = async (query: NamedQuery) => {
    either.throwIfAborted();
    const build = (members: readonly TrackedHpa[]) =>
      query.build({ hpas: members, workloads: workloadsOf(members), capabilities } satisfies QueryScope);
    try {
      answers[query.name] = await collectRange(prometheus, build, hpas, window, either);
    } catch (error) {
      if (!query.optional || !isRefusal(error)) throw error;
      notes.push(`${query.name} is missing: ${error.message}`);
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
  return { samples: assemble(hpas, window, answers, { approximate, scraperContainers }), notes };
}

const isRefusal = (error: unknown): error is AgentError =>
  isAgentError(error) && (error.code === 'prometheus/refused' || error.code === 'prometheus/too-many-samples');

function workloadsOf(hpas: readonly TrackedHpa[]): Workload[] {
  return hpas.flatMap(({ namespace, target }) => (target === null ? [] : [{ namespace, ...target }]));
}
