import {
  LoadingState,
  type AnnotationQuery,
  type DataFrame,
  type DataQueryRequest,
  type TimeRange,
} from '@grafana/data';
import { config, getDataSourceSrv, getRunRequest } from '@grafana/runtime';
import { firstValueFrom, filter } from 'rxjs';
import type { DashboardAnnotation } from './model';

/**
 * What the dashboard's annotation queries answer, each row in the colour of its query; those of a query that fails are left out, and Grafana's own
 * are none of the preview's.
 */
export async function readAnnotations(
  queries: readonly DashboardAnnotation[],
  range: TimeRange,
  timezone: string,
): Promise<DataFrame[]> {
  const asked = queries.filter(({ enable, builtIn }) => enable && builtIn !== 1);
  return (await Promise.all(asked.map((query) => readOne(query, range, timezone)))).flat();
}

async function readOne(query: DashboardAnnotation, range: TimeRange, timezone: string): Promise<DataFrame[]> {
  const source = await getDataSourceSrv().get(query.datasource);
  const support = source.annotations as { prepareQuery?(query: AnnotationQuery): object | undefined } | undefined;
  const target = support?.prepareQuery ? support.prepareQuery(query) : query.target;
  if (target === undefined) return [];
  const request = { requestId: `annotations-${query.name}`, range, timezone, targets: [target], scopedVars: {} };
  const answers = getRunRequest()(source, { ...request, startTime: Date.now() } as unknown as DataQueryRequest);
  const { series } = await firstValueFrom(answers.pipe(filter(({ state }) => state !== LoadingState.Loading)));
  const color = config.theme2.visualization.getColorByName(query.iconColor);
  return series.map((frame) => ({
    ...frame,
    fields: [
      ...frame.fields,
      { name: 'color', type: 'string' as never, config: {}, values: Array.from({ length: frame.length }, () => color) },
    ],
  }));
}
