import type {
  AccessAnswer,
  AnomalyAnswer,
  AnomalyListAnswer,
  BackfillAnswer,
  BaselineAnswer,
  ChangesAnswer,
  ClusterAnswer,
  ClusterListAnswer,
  ClusterRequest,
  DiscoveryAnswer,
  DoneAnswer,
  EnrolManyAnswer,
  EnrolManyRequest,
  HpaAnswer,
  HpaDeleteAnswer,
  HpaListAnswer,
  HpaPatchRequest,
  MuteAnswer,
  MuteRequest,
  SeriesAnswer,
  SparklinesAnswer,
  StatusAnswer,
  SummaryAnswer,
  TimeslotsAnswer,
  AcceptAnswer,
} from '@hpa-watch/agent/contract';
import type { QueryValue, Transport } from './transport';

/** Which HPA. */
export type HpaKey = { cluster: string; namespace: string; hpa: string };

type Query = Record<string, QueryValue>;

const hpaPath = ({ cluster, namespace, hpa }: HpaKey): string =>
  `/api/v1/monitoring/hpas/${[cluster, namespace, hpa].map(encodeURIComponent).join('/')}`;
const anomalyPath = (id: string): string => `/api/v1/monitoring/anomalies/${encodeURIComponent(id)}`;

/** One call of the agent a method; see the agent's docs/api.md for what each takes. All @throw AgentProblem. */
export function createAgentClient(send: Transport) {
  const get =
    <T>(path: string) =>
    (query: Query = {}, signal?: AbortSignal) =>
      send<T>(path, { query, signal });
  const getOf =
    <T>(last: string) =>
    (key: HpaKey, query: Query = {}, signal?: AbortSignal) =>
      send<T>(`${hpaPath(key)}${last}`, { query, signal });
  return {
    access: get<AccessAnswer>('/api/v1/access'),
    summary: get<SummaryAnswer>('/api/v1/monitoring/summary'),
    hpas: get<HpaListAnswer>('/api/v1/monitoring/hpas'),
    sparklines: get<SparklinesAnswer>('/api/v1/monitoring/sparklines'),
    anomalies: get<AnomalyListAnswer>('/api/v1/monitoring/anomalies'),
    status: get<StatusAnswer>('/api/v1/monitoring/status'),
    timeslots: get<TimeslotsAnswer>('/api/v1/monitoring/timeslots'),
    clusters: get<ClusterListAnswer>('/api/v1/clusters'),
    hpa: getOf<HpaAnswer>(''),
    series: getOf<SeriesAnswer>('/series'),
    baseline: getOf<BaselineAnswer>('/baseline'),
    changes: getOf<ChangesAnswer>('/changes'),
    anomaly: (id: string, signal?: AbortSignal) => send<AnomalyAnswer>(anomalyPath(id), { signal }),
    discover: (cluster: string, signal?: AbortSignal) =>
      send<DiscoveryAnswer>(`/api/v1/clusters/${encodeURIComponent(cluster)}/hpas`, { signal }),

    addCluster: (body: ClusterRequest) => send<ClusterAnswer>('/api/v1/clusters', { method: 'POST', body }),
    removeCluster: (cluster: string) =>
      send<DoneAnswer>(`/api/v1/clusters/${encodeURIComponent(cluster)}`, { method: 'DELETE' }),
    enrol: (body: EnrolManyRequest) => send<EnrolManyAnswer>('/api/v1/monitoring/hpas', { method: 'POST', body }),
    patch: (key: HpaKey, body: HpaPatchRequest) => send<HpaAnswer>(hpaPath(key), { method: 'PATCH', body }),
    stop: (key: HpaKey, purge = false) =>
      send<HpaDeleteAnswer>(hpaPath(key), { method: 'DELETE', query: purge ? { purge } : {} }),
    collectAgain: (key: HpaKey) => send<BackfillAnswer>(`${hpaPath(key)}/backfill`, { method: 'POST', body: {} }),
    acceptNormal: (key: HpaKey, since?: string | null) =>
      send<AcceptAnswer>(`${hpaPath(key)}/baseline/accept`, {
        method: 'POST',
        body: since === undefined ? {} : { since },
      }),
    mute: (key: HpaKey, body: MuteRequest) => send<MuteAnswer>(`${hpaPath(key)}/mute`, { method: 'PUT', body }),
    unmute: (key: HpaKey) => send<MuteAnswer>(`${hpaPath(key)}/mute`, { method: 'DELETE' }),
    acknowledge: (id: string, acknowledged = true) =>
      send<AnomalyAnswer>(`${anomalyPath(id)}/ack`, { method: 'POST', body: { acknowledged } }),
    exclude: (id: string, excluded = true) =>
      send<AnomalyAnswer>(`${anomalyPath(id)}/exclude`, { method: 'POST', body: { excluded } }),
  };
}

export type AgentClient = ReturnType<typeof createAgentClient>;
