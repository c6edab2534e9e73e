import type { AnomalyView } from '@hpa-watch/agent/contract';
import { useCallback } from 'react';
import type { AgentClient, HpaKey } from '../../api/agent-client';
import { useAgentData, type AgentData } from '../../api/use-agent-data';
import { CHART_COLUMNS, chartsOf, type HpaChart } from './charts';
import { toTimeRange, type HpaView } from './hpa-url';

export type NowData = { charts: HpaChart[]; anomalies: AnomalyView[]; span: { from: number; to: number } };

const MOST_POINTS = 700;

/** The four charts over the range of the address: three calls at once. A relative range moves on with each read. */
export function useNowData(
  client: AgentClient,
  { cluster, namespace, hpa }: HpaKey,
  { from, to }: Pick<HpaView, 'from' | 'to'>,
  timeZone: string,
  everyMs: number | null,
): AgentData<NowData> {
  const read = useCallback(
    async (signal: AbortSignal): Promise<NowData> => {
      const key = { cluster, namespace, hpa };
      const range = toTimeRange({ from, to }, timeZone);
      const span = { from: range.from.valueOf(), to: range.to.valueOf() };
      const asked = { from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString() };
      const [series, baseline, { anomalies }] = await Promise.all([
        client.series(key, { ...asked, metrics: CHART_COLUMNS, max_points: MOST_POINTS }, signal),
        client.baseline(key, { ...asked, max_points: MOST_POINTS }, signal),
        client.anomalies({ ...key, ...asked, state: 'firing,resolved', limit: 500 }, signal),
      ]);
      return { charts: chartsOf({ series, bands: baseline.bands, anomalies }), anomalies, span };
    },
    [client, cluster, namespace, hpa, from, to, timeZone],
  );
  return useAgentData(read, everyMs);
}
