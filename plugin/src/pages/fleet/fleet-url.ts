import { HPA_ANOMALY_CHOICES, HPA_STATE_CHOICES } from './fleet-choices';
import { SORT_COLUMNS, type FleetSort, type SortColumn } from './fleet-sort';

/** What the page shows, as the address holds it: bookmarked, shared, kept over a reload. */
export type FleetView = {
  cluster: string | null;
  namespace: string | null;
  state: (typeof HPA_STATE_CHOICES)[number] | null;
  anomaly: (typeof HPA_ANOMALY_CHOICES)[number] | null;
  q: string;
  sort: FleetSort;
  window: SparkWindow;
  refresh: string;
};

export const SPARK_WINDOWS = ['1h', '3h', '6h', '24h'] as const;
export type SparkWindow = (typeof SPARK_WINDOWS)[number];
export const REFRESH_INTERVALS = ['5s', '10s', '30s', '1m', '5m'];

export const DEFAULT_VIEW: FleetView = {
  cluster: null,
  namespace: null,
  state: null,
  anomaly: null,
  q: '',
  sort: { column: 'state', isDescending: false },
  window: '3h',
  refresh: '10s',
};

const oneOf = <T extends string>(allowed: readonly T[], text: string | null): T | null =>
  allowed.find((one) => one === text) ?? null;

/** What is missing or makes no sense is as by default. `refresh=` (empty) is off. */
export function parseView(search: string): FleetView {
  const query = new URLSearchParams(search);
  const sort = query.get('sort') ?? '';
  const column = oneOf<SortColumn>(SORT_COLUMNS, sort.replace(/^-/, ''));
  const refresh = query.get('refresh');
  return {
    cluster: query.get('cluster') || null,
    namespace: query.get('namespace') || null,
    state: oneOf(HPA_STATE_CHOICES, query.get('state')),
    anomaly: oneOf(HPA_ANOMALY_CHOICES, query.get('anomaly')),
    q: query.get('q') ?? '',
    sort: column === null ? DEFAULT_VIEW.sort : { column, isDescending: sort.startsWith('-') },
    window: oneOf(SPARK_WINDOWS, query.get('window')) ?? DEFAULT_VIEW.window,
    refresh: refresh === '' ? '' : (oneOf(REFRESH_INTERVALS, refresh) ?? DEFAULT_VIEW.refresh),
  };
}

/** For `locationService.partial`: null takes a parameter away, so that the default leaves no trace in the address. */
export function viewQuery(view: FleetView): Record<string, string | null> {
  const { sort } = view;
  const isDefaultSort = sort.column === DEFAULT_VIEW.sort.column && !sort.isDescending;
  return {
    cluster: view.cluster,
    namespace: view.namespace,
    state: view.state,
    anomaly: view.anomaly,
    q: view.q === '' ? null : view.q,
    sort: isDefaultSort ? null : `${sort.isDescending ? '-' : ''}${sort.column}`,
    window: view.window === DEFAULT_VIEW.window ? null : view.window,
    refresh: view.refresh === DEFAULT_VIEW.refresh ? null : view.refresh,
  };
}

export const isFiltered = ({ cluster, namespace, state, anomaly, q }: FleetView): boolean =>
  [cluster, namespace, state, anomaly].some((one) => one !== null) || q.trim() !== '';
