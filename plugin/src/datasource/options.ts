import type { MetricFindValue } from '@grafana/data';
import type { GrafanaOption } from '@hpa-watch/agent/contract';
import type { Transport } from '../api/transport';
import { targetOf } from './build-request';
import { interpolated, type Replace } from './interpolate';
import type { HpaWatchQuery, QueryField } from './query-model';

export type OptionsAsked = { query: HpaWatchQuery; field: Exclude<QueryField, 'legend' | 'limit'> };

/** The options of one picker; what the query holds elsewhere narrows them, its variables replaced. @throws AgentProblem */
export async function readOptions(
  send: Transport,
  replace: Replace,
  { query, field }: OptionsAsked,
): Promise<string[]> {
  const { target, payload } = targetOf(interpolated(query, {}, replace));
  const body = { metric: target, payload, name: field };
  const options = await send<GrafanaOption[]>('/grafana/metric-payload-options', { method: 'POST', body });
  return options.map(({ value }) => value);
}

/** What ad hoc filters can filter by. @throws AgentProblem */
export const readTagKeys = (send: Transport): Promise<MetricFindValue[]> =>
  send<MetricFindValue[]>('/grafana/tag-keys', { method: 'POST', body: {} });

/** @throws AgentProblem */
export const readTagValues = (send: Transport, key: string): Promise<MetricFindValue[]> =>
  send<MetricFindValue[]>('/grafana/tag-values', { method: 'POST', body: { key } });
