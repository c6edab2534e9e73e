import type { DataQueryError } from '@grafana/data';
import type { GrafanaAnswer } from '@hpa-watch/agent/contract';
import { toProblem, type AgentProblem } from '../api/problem';
import type { Transport } from '../api/transport';
import { bodyOf, groupByFilters, type Asking } from './build-request';
import { problemSentence } from './problem-sentence';
import type { HpaWatchQuery } from './query-model';

export type Asked = { answer: GrafanaAnswer; errors: DataQueryError[] };

/**
 * Asks the agent for all queries of a panel in one request. Where it refuses that because of one of them, each is asked by itself, so that
 * the others are still answered. Never rejects but for an abort.
 */
export async function ask(
  queries: readonly HpaWatchQuery[],
  asking: Asking,
  send: Transport,
  signal: AbortSignal,
): Promise<Asked> {
  const groups = await Promise.all(groupByFilters(queries).map((group) => askGroup(group, asking, send, signal)));
  return joined(groups);
}

async function askGroup(
  queries: readonly HpaWatchQuery[],
  asking: Asking,
  send: Transport,
  signal: AbortSignal,
): Promise<Asked> {
  try {
    const filters = [...asking.filters, ...(queries[0]?.filters ?? [])];
    const body = bodyOf(queries, { ...asking, filters });
    const answer = await send<GrafanaAnswer>('/grafana/query', { method: 'POST', body, signal });
    return { answer, errors: [] };
  } catch (error) {
    if (signal.aborted) throw error;
    const problem = toProblem(error);
    if (queries.length > 1 && isAboutOneQuery(problem))
      return joined(await Promise.all(queries.map((query) => askGroup([query], asking, send, signal))));
    return { answer: [], errors: queries.map(({ refId }) => ({ refId, message: problemSentence(problem) })) };
  }
}

const isAboutOneQuery = ({ kind }: AgentProblem): boolean => kind === 'refused' || kind === 'not-found';

const joined = (parts: readonly Asked[]): Asked => ({
  answer: parts.flatMap(({ answer }) => answer),
  errors: parts.flatMap(({ errors }) => errors),
});
