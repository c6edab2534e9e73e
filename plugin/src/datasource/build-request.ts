import type { AdHocVariableFilter, ScopedVars } from '@grafana/data';
import type { GrafanaQueryRequest } from '@hpa-watch/agent/contract';
import { interpolated, type Replace } from './interpolate';
import { DEFAULT_METRIC, FIELDS_OF, isQueryType, type HpaWatchQuery, type QueryField } from './query-model';

/** What is asked at once: times in epoch ms. */
export type Asking = {
  from: number;
  to: number;
  intervalMs: number;
  maxDataPoints: number | undefined;
  filters: readonly AdHocVariableFilter[];
};

type Target = GrafanaQueryRequest['targets'][number];

/** Whether there is anything to ask: hidden queries and those of no known type are not sent. */
export const isAsked = (query: HpaWatchQuery): boolean => query.hide !== true && isQueryType(query.queryType);

/** Only what its type takes. */
export function targetOf(query: HpaWatchQuery): Target {
  const { queryType } = query;
  if (!isQueryType(queryType)) return { refId: query.refId, target: '' };
  const payload = Object.fromEntries(
    FIELDS_OF[queryType].flatMap((field: QueryField): [string, unknown][] => {
      const held = query[field];
      const value = field === 'metric' && !isGiven(held) ? [DEFAULT_METRIC[queryType]] : held;
      return isGiven(value) ? [[field, value]] : [];
    }),
  );
  return { refId: query.refId, target: queryType, payload };
}

const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== '' && !(Array.isArray(value) && value.every((one) => one === ''));

/** The body of one POST /grafana/query for queries whose variables are replaced. */
export const bodyOf = (
  queries: readonly HpaWatchQuery[],
  { from, to, intervalMs, maxDataPoints, filters }: Asking,
): GrafanaQueryRequest => ({
  range: { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
  intervalMs,
  ...(maxDataPoints !== undefined && { maxDataPoints }),
  targets: queries.map(targetOf),
  ...(filters.length > 0 && {
    filters: filters.map(({ key, operator, value, values }) => ({ key, operator, value, values })),
  }),
});

/** Queries that can go in one request: ad hoc filters stand for a request, so those with filters of their own go by themselves. */
export function groupByFilters(queries: readonly HpaWatchQuery[]): HpaWatchQuery[][] {
  const groups = new Map<string, HpaWatchQuery[]>();
  for (const query of queries) {
    const key = JSON.stringify(query.filters ?? []);
    groups.set(key, [...(groups.get(key) ?? []), query]);
  }
  return [...groups.values()];
}

/** What of a panel's queries is asked, variables replaced. */
export const askedQueries = (
  queries: readonly HpaWatchQuery[],
  scopedVars: ScopedVars,
  replace: Replace,
): HpaWatchQuery[] => queries.filter(isAsked).map((query) => interpolated(query, scopedVars, replace));
