import { expect, test } from '@jest/globals';
import type { GrafanaQueryRequest } from '@hpa-watch/agent/contract';
import { AgentProblem, type ProblemKind } from '../api/problem';
import type { Call } from '../api/transport';
import { ask } from './ask';
import type { HpaWatchQuery } from './query-model';

const ASKING = { from: 0, to: 60_000, intervalMs: 60_000, maxDataPoints: 10, filters: [] };
const QUERIES: HpaWatchQuery[] = ['A', 'B', 'C'].map((refId) => ({ refId, queryType: 'hpas' }));

/** Answers an empty table a target; refuses whatever asks for B. */
const askWithout =
  (kind: ProblemKind, requests: string[]) =>
  async <T>(_: string, { body }: Call = {}): Promise<T> => {
    const ids = (body as GrafanaQueryRequest).targets.map(({ refId }) => refId ?? '');
    requests.push(ids.join(''));
    if (ids.includes('B')) throw new AgentProblem(kind, 'targets[0].payload.hpa is wrong', 'x');
    return ids.map((refId) => ({ type: 'table', refId, columns: [], rows: [] })) as T;
  };

test('one query that is refused leaves the others of the panel their answers', async () => {
  const requests: string[] = [];
  const { answer, errors } = await ask(QUERIES, ASKING, askWithout('refused', requests), new AbortController().signal);
  expect(requests).toEqual(['ABC', 'A', 'B', 'C']);
  expect(answer.map(({ refId }) => refId)).toEqual(['A', 'C']);
  expect(errors).toEqual([{ refId: 'B', message: 'hpa is wrong' }]);
});

test('an agent that is away is not asked again for each query', async () => {
  const requests: string[] = [];
  const { errors } = await ask(QUERIES, ASKING, askWithout('unreachable', requests), new AbortController().signal);
  expect(requests).toEqual(['ABC']);
  expect(errors.map(({ refId }) => refId)).toEqual(['A', 'B', 'C']);
  expect(errors[0]?.message).toMatch(/^Grafana does not reach the agent\. Check /);
});
