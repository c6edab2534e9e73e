import type { AdHocVariableFilter, ScopedVars } from '@grafana/data';
import type { HpaWatchQuery, Names } from './query-model';

/** As Grafana's `templateSrv.replace`. */
export type Replace = (text: string, scopedVars?: ScopedVars, format?: string) => string;

/**
 * Variables of a query replaced by their values. Several values come as `a|b`, which the agent reads as either; a name with a format of its
 * own (`${hpa:regex}`) is also understood there.
 */
export function interpolated(query: HpaWatchQuery, scopedVars: ScopedVars, replace: Replace): HpaWatchQuery {
  const names = (held: Names | string | undefined): Names | undefined =>
    held === undefined ? undefined : [held].flat().map((name) => replace(name, scopedVars, 'pipe'));
  const listed = ['cluster', 'namespace', 'hpa', 'metric', 'severity', 'kind', 'state'] as const;
  return {
    ...query,
    ...Object.fromEntries(
      listed.flatMap((field) => (query[field] === undefined ? [] : [[field, names(query[field])]])),
    ),
    ...(query.legend !== undefined && { legend: replace(query.legend, scopedVars) }),
    ...(query.filters !== undefined && { filters: query.filters.map((one) => filterOf(one, scopedVars, replace)) }),
  };
}

const filterOf = (filter: AdHocVariableFilter, scopedVars: ScopedVars, replace: Replace): AdHocVariableFilter => ({
  ...filter,
  value: replace(filter.value, scopedVars, 'pipe'),
  ...(filter.values && { values: filter.values.map((value) => replace(value, scopedVars, 'pipe')) }),
});

/** For a place without a dashboard (Explore): variables become values, and the dashboard's ad hoc filters become the query's own. */
export function withoutDashboard(
  query: HpaWatchQuery,
  scopedVars: ScopedVars,
  filters: readonly AdHocVariableFilter[],
  replace: Replace,
): HpaWatchQuery {
  const bare = interpolated(query, scopedVars, replace);
  const all = [...(bare.filters ?? []), ...filters.map((one) => filterOf(one, scopedVars, replace))];
  return all.length === 0 ? bare : { ...bare, filters: all };
}
