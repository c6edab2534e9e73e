import {
  LoadingState,
  toDataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
  type PanelData,
} from '@grafana/data';
import { toDataQueryError } from '@grafana/runtime';
import { catchError, defer, from, map, of, startWith, type Observable } from 'rxjs';

/** Asks a data source; what comes back is what a panel gets, loading and failing included. */
export function runRequest(
  source: DataSourceApi,
  request: DataQueryRequest,
  query?: DataSourceApi['query'],
): Observable<PanelData> {
  const { range: timeRange } = request;
  const loading: PanelData = { state: LoadingState.Loading, series: [], annotations: [], request, timeRange };
  return defer(() => from((query ?? source.query.bind(source))(request))).pipe(
    map((answer) => panelData(answer, loading)),
    catchError((error: unknown) => {
      const told = toDataQueryError(error);
      return of({ ...loading, state: LoadingState.Error, error: told, errors: [told] });
    }),
    startWith(loading),
  );
}

function panelData({ data, state, error, errors }: DataQueryResponse, loading: PanelData): PanelData {
  const failed = errors ?? (error ? [error] : []);
  return {
    ...loading,
    series: data.map((one) => toDataFrame(one)),
    state: state ?? (failed.length > 0 ? LoadingState.Error : LoadingState.Done),
    ...(failed.length > 0 && { error: failed[0], errors: failed }),
  };
}
