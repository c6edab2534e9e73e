import type { AnomalyKindName, AnomalyStateName, AnomalyView, SeverityName } from '@hpa-watch/agent/contract';

/** The contract holds these names as types only; the compiler checks that none is wrong. */
export const STATES: readonly AnomalyStateName[] = ['firing', 'pending', 'resolved'];
export const SEVERITIES: readonly SeverityName[] = ['critical', 'warning', 'info'];
export const KINDS: readonly AnomalyKindName[] = [
  'cpu_deviation',
  'memory_deviation',
  'replicas_deviation',
  'pressure_deviation',
  'level_shift',
  'maxed_out',
  'scaling_stuck',
  'oscillation',
  'replicas_mismatch',
  'scaling_inactive',
  'underutilised',
  'memory_leak',
  'telemetry_lost',
  'config_changed',
];

/** What the page shows, as the address holds it. Empty lists mean "all". `from` and `to` as Grafana writes them: `now-24h` or epoch ms. */
export type AnomaliesView = {
  from: string;
  to: string;
  states: AnomalyStateName[];
  severities: SeverityName[];
  kinds: AnomalyKindName[];
  cluster: string | null;
  q: string;
  /** Anomalies of one cluster event as one. */
  isGrouped: boolean;
  /** The anomaly whose drawer is open. */
  open: string | null;
};

export const DEFAULT_VIEW: AnomaliesView = {
  from: 'now-24h',
  to: 'now',
  states: [],
  severities: [],
  kinds: [],
  cluster: null,
  q: '',
  isGrouped: true,
  open: null,
};

const TIME = /^(now([-+]\d+[smhdwMy])?(\/[smhdwMy])?|\d{12,14})$/;

const some = <T extends string>(allowed: readonly T[], text: string | null): T[] =>
  allowed.filter((one) => (text ?? '').split(',').includes(one));

/** What is missing or makes no sense is as by default. */
export function parseView(search: string): AnomaliesView {
  const query = new URLSearchParams(search);
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
  const hasRange = TIME.test(from) && TIME.test(to);
  return {
    from: hasRange ? from : DEFAULT_VIEW.from,
    to: hasRange ? to : DEFAULT_VIEW.to,
    states: some(STATES, query.get('state')),
    severities: some(SEVERITIES, query.get('severity')),
    kinds: some(KINDS, query.get('kind')),
    cluster: query.get('cluster') || null,
    q: query.get('q') ?? '',
    isGrouped: query.get('group') !== 'none',
    open: query.get('anomaly') || null,
  };
}

const listed = (names: readonly string[]): string | null => (names.length === 0 ? null : names.join(','));

/** For `locationService.partial`: null takes a parameter away, so that the default leaves no trace in the address. */
export function viewQuery(view: AnomaliesView): Record<string, string | null> {
  const isDefaultRange = view.from === DEFAULT_VIEW.from && view.to === DEFAULT_VIEW.to;
  return {
    from: isDefaultRange ? null : view.from,
    to: isDefaultRange ? null : view.to,
    state: listed(view.states),
    severity: listed(view.severities),
    kind: listed(view.kinds),
    cluster: view.cluster,
    q: view.q === '' ? null : view.q,
    group: view.isGrouped ? null : 'none',
    anomaly: view.open,
  };
}

type Filter = Pick<AnomaliesView, 'states' | 'severities' | 'kinds' | 'cluster' | 'q'>;

export const isFiltered = ({ states, severities, kinds, cluster, q }: Filter): boolean =>
  states.length + severities.length + kinds.length > 0 || cluster !== null || q.trim() !== '';

/** What the agent is asked for; the search it does not know. */
export const askedOf = ({ states, severities, kinds, cluster }: Filter) => ({
  state: listed(states) ?? undefined,
  severity: listed(severities) ?? undefined,
  kind: listed(kinds) ?? undefined,
  cluster: cluster ?? undefined,
});

const admits = <T>(allowed: readonly T[], one: T): boolean => allowed.length === 0 || allowed.includes(one);

/** Whether it is shown: also before the agent has answered a filter that was just changed. */
export function matches(anomaly: AnomalyView, { states, severities, kinds, cluster, q }: Filter): boolean {
  if (!admits(states, anomaly.state) || !admits(severities, anomaly.severity) || !admits(kinds, anomaly.kind))
    return false;
  if (cluster !== null && anomaly.cluster !== cluster) return false;
  const text = `${anomaly.namespace}/${anomaly.hpa} ${anomaly.cluster} ${anomaly.sentence}`.toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
