import type { AdHocVariableFilter } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';
import type { GrafanaTarget } from '@hpa-watch/agent/contract';

/** What a query asks: the targets of the agent's /grafana/query. */
export type QueryType = GrafanaTarget;

/** Names, patterns with `*`, or template variables. Nothing means all. */
export type Names = string[];

export type BandPart = 'value' | 'lower' | 'expected' | 'upper';

/** One query as it is kept in a dashboard. Only what its type uses counts; the rest survives a change of type and back. */
export interface HpaWatchQuery extends DataQuery {
  queryType?: QueryType;
  cluster?: Names;
  namespace?: Names;
  /** `api`, `shop/api` or `prod/shop/api`. */
  hpa?: Names;
  /** Of `series` any column of the agent's series, of `band` one of cpu, memory, replicas, pressure; several are drawn each on its own. */
  metric?: Names;
  /** Of `band`; lower, expected and upper by default. */
  parts?: BandPart[];
  /** With {{cluster}}, {{namespace}}, {{hpa}}, {{metric}} and {{part}}. */
  legend?: string;
  severity?: Names;
  kind?: Names;
  state?: Names;
  /** Most rows of anomalies. */
  limit?: number;
  /** Keep asking for what is new while the panel is shown. */
  live?: boolean;
  /** Ad hoc filters of the dashboard that the query was taken from (to Explore, say). */
  filters?: AdHocVariableFilter[];
}

/** What the values of a query type can be narrowed by. */
export type QueryField =
  'cluster' | 'namespace' | 'hpa' | 'metric' | 'parts' | 'severity' | 'kind' | 'state' | 'limit' | 'legend';

const PLACES = ['cluster', 'namespace', 'hpa'] as const;
const DEPARTURES = [...PLACES, 'severity', 'kind', 'state', 'limit'] as const;

export const FIELDS_OF: Record<QueryType, readonly QueryField[]> = {
  series: [...PLACES, 'metric', 'legend'],
  band: [...PLACES, 'metric', 'parts', 'legend'],
  anomalies: DEPARTURES,
  annotations: DEPARTURES,
  hpas: PLACES,
  slots: ['cluster'],
  forwards: ['cluster'],
  clusters: ['cluster'],
  summary: [],
};

export const QUERY_TYPES = Object.keys(FIELDS_OF) as QueryType[];

export const DEFAULT_METRIC: Partial<Record<QueryType, string>> = { series: 'cpu_current', band: 'cpu' };

export const isQueryType = (text: string | undefined): text is QueryType => QUERY_TYPES.some((known) => known === text);

/** The names that a query holds of a field; older or hand-written queries may hold one as a text. */
export function namesOf(query: HpaWatchQuery, field: Exclude<QueryField, 'limit' | 'legend'>): string[] {
  const held: string | readonly string[] | undefined = query[field];
  const names = typeof held === 'string' ? [held] : (held ?? []);
  return names.filter((name) => name !== '');
}
