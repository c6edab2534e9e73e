import {
  applyFieldOverrides,
  CoreApp,
  getDefaultTimeRange,
  LoadingState,
  rangeUtil,
  transformDataFrame,
  type DataFrame,
  type DataQueryRequest,
  type FieldConfigSource,
  type PanelData,
  type PanelPlugin,
  type TimeRange,
} from '@grafana/data';
import { config, getDataSourceSrv, getRunRequest, getTemplateSrv, toDataQueryError } from '@grafana/runtime';
import { useEffect, useState } from 'react';
import { concatMap, from, map, of, switchMap, type Observable } from 'rxjs';
import type { PanelModel } from './model';

const EMPTY: PanelData = { state: LoadingState.NotStarted, series: [], timeRange: getDefaultTimeRange() };
const SHORTEST_INTERVAL = '1m';

export type Asked = {
  panel: PanelModel;
  plugin: PanelPlugin;
  fieldConfig: FieldConfigSource;
  range: TimeRange;
  timeZone: string;
  width: number;
  annotations: DataFrame[];
  /** Changes when the variables do. */
  variables: string;
};

/** The answers to a panel's queries, transformed and with its field options applied, as a panel gets them. */
export function usePanelData({
  panel,
  plugin,
  fieldConfig,
  range,
  timeZone,
  width,
  annotations,
  variables,
}: Asked): PanelData {
  const [data, setData] = useState(EMPTY);
  const points = panel.maxDataPoints ?? Math.max(100, Math.floor(width / 100) * 100);
  useEffect(() => {
    const answers = (panel.targets ?? []).length === 0 ? of(nothingAsked(range)) : ask(panel, range, timeZone, points);
    const running = answers.pipe(concatMap((one) => transformed(panel, one))).subscribe({
      next: setData,
      error: (error: unknown) => setData(failed(range, error)),
    });
    return () => running.unsubscribe();
    // `variables` are asked for by the template service, which hooks cannot see.
  }, [panel, range, timeZone, points, variables]);
  return {
    ...data,
    annotations,
    series: applyFieldOverrides({
      data: data.series,
      fieldConfig,
      fieldConfigRegistry: plugin.fieldConfigRegistry,
      replaceVariables: (...given) => getTemplateSrv().replace(...given),
      theme: config.theme2,
      timeZone,
    }),
  };
}

const nothingAsked = (timeRange: TimeRange): PanelData => ({ state: LoadingState.Done, series: [], timeRange });

const failed = (timeRange: TimeRange, error: unknown): PanelData => {
  const told = toDataQueryError(error);
  return { state: LoadingState.Error, series: [], timeRange, error: told, errors: [told] };
};

function ask(panel: PanelModel, range: TimeRange, timezone: string, maxDataPoints: number): Observable<PanelData> {
  const { interval, intervalMs } = rangeUtil.calculateInterval(
    range,
    maxDataPoints,
    panel.interval ?? SHORTEST_INTERVAL,
  );
  return from(getDataSourceSrv().get(panel.datasource)).pipe(
    switchMap((source) => {
      const request: DataQueryRequest = {
        app: CoreApp.Dashboard,
        requestId: `panel-${panel.id}`,
        panelId: panel.id,
        timezone,
        range,
        interval,
        intervalMs,
        maxDataPoints,
        targets: (panel.targets ?? []).map((target) => ({ ...target, datasource: source.getRef() })),
        scopedVars: {
          __interval: { text: interval, value: interval },
          __interval_ms: { text: String(intervalMs), value: intervalMs },
        },
        startTime: Date.now(),
      };
      const wanted = request.targets.filter((target) => source.filterQuery?.(target) ?? true);
      return getRunRequest()(source, { ...request, targets: wanted });
    }),
  );
}

function transformed(panel: PanelModel, data: PanelData): Observable<PanelData> {
  const wanted = panel.transformations ?? [];
  if (wanted.length === 0) return of(data);
  const context = { interpolate: (text: string) => getTemplateSrv().replace(text) };
  return transformDataFrame(wanted, data.series, context).pipe(map((series) => ({ ...data, series })));
}
