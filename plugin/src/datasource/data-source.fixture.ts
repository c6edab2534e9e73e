import {
  CoreApp,
  dateTime,
  type DataQueryRequest,
  type DataSourceInstanceSettings,
  type TimeRange,
} from '@grafana/data';
import { AgentDataSource, type Surroundings } from './AgentDataSource';
import type { HpaWatchQuery } from './query-model';
import type { AgentOptions } from './settings';

export const NOON = Date.parse('2026-01-05T12:00:00Z');
const MINUTE_MS = 60_000;

const SETTINGS = {
  id: 1,
  uid: 'agent',
  type: 'hpawatch-monitor-datasource',
  name: 'HPA Watch',
  url: '/api/datasources/proxy/uid/agent',
  meta: {},
  readOnly: false,
  access: 'proxy',
  jsonData: {},
} as DataSourceInstanceSettings<AgentOptions>;

export const dataSource = (around: Partial<Surroundings>, jsonData: AgentOptions = {}): AgentDataSource =>
  new AgentDataSource({ ...SETTINGS, jsonData }, { replace: (text) => text, ...around });

export const rangeOf = (
  minutes: number,
  to = NOON,
  raw: TimeRange['raw'] = { from: `now-${minutes}m`, to: 'now' },
) => ({
  from: dateTime(to - minutes * MINUTE_MS),
  to: dateTime(to),
  raw,
});

/** A panel's request over the last three hours. */
export const panelRequest = (
  targets: Omit<HpaWatchQuery, 'refId'>[] | HpaWatchQuery[],
  rest: Partial<DataQueryRequest<HpaWatchQuery>> = {},
): DataQueryRequest<HpaWatchQuery> => ({
  requestId: 'Q1',
  app: CoreApp.Dashboard,
  interval: '15s',
  intervalMs: 15_000,
  maxDataPoints: 847,
  range: rangeOf(180),
  scopedVars: {},
  timezone: 'browser',
  startTime: NOON,
  targets: targets.map((target, index) => ({ refId: String.fromCharCode(65 + index), ...target })),
  ...rest,
});
