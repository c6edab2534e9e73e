import { expect, test } from '@jest/globals';
import { AgentError, type ErrorCode } from '../core/errors.ts';
import type { RangeQuery, Series } from '../prometheus/prometheus.ts';
import { QUERY_TOO_LONG } from '../prometheus/failure.ts';
import { collectRange } from './range.ts';

const WINDOW = { start: 0, end: 7, stepMs: 1 };
const signal = new AbortController().signal;

/** Answers what `fits` allows, one series a member and request. */
function server(fits: (members: string[], points: number) => boolean, code: ErrorCode, details?: unknown) {
  const asked: RangeQuery[] = [];
  const range = async (query: RangeQuery): Promise<Series[]> => {
    asked.push(query);
    const members = query.query.split(',');
    if (!fits(members, query.end - query.start + 1)) throw new AgentError(code, 'refused', { details });
    const times = Array.from({ length: query.end - query.start + 1 }, (_, i) => query.start + i);
    return members.map((member) => ({ labels: { member }, times, values: times }));
  };
  return { asked, range };
}

const collect = (prometheus: { range: (query: RangeQuery) => Promise<Series[]> }) =>
  collectRange(prometheus, (members: readonly string[]) => members.join(), ['a', 'b', 'c'], WINDOW, signal);

const instantsOf = (series: Series[], member: string) =>
  series.filter(({ labels }) => labels.member === member).flatMap(({ times }) => times);

test.each<[string, (members: string[], points: number) => boolean, ErrorCode]>([
  ['half of the time', (_members, points) => points <= 4, 'prometheus/too-many-samples'],
  ['a single instant', (_members, points) => points === 1, 'prometheus/timeout'],
  ['one instant of one member', (members, points) => members.length * points === 1, 'prometheus/too-many-samples'],
])('a server that answers at most %s still gives every instant of every member once', async (_what, fits, code) => {
  const series = await collect(server(fits, code));
  for (const member of ['a', 'b', 'c']) expect(instantsOf(series, member)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a query that is too long is cut in members, not in time', async () => {
  const short = server((members) => members.length === 1, 'prometheus/too-many-samples', QUERY_TOO_LONG);
  await collect(short);
  expect(short.asked.every(({ start, end }) => start === 0 && end === 7)).toBe(true);
});

test.each<ErrorCode>(['prometheus/refused', 'prometheus/unreachable'])('%s is not asked again', async (code) => {
  const broken = server(() => false, code);
  await expect(collect(broken)).rejects.toMatchObject({ code });
  expect(broken.asked).toHaveLength(1);
});

test('a server that refuses everything ends in its refusal', async () => {
  await expect(collect(server(() => false, 'prometheus/too-many-samples'))).rejects.toMatchObject({
    code: 'prometheus/too-many-samples',
  });
});
