import {
  CoreApp,
  DataSourceApi,
  LoadingState,
  type AdHocVariableFilter,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  type MetricFindValue,
  type ScopedVars,
  type TestDataSourceResponse,
} from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { map, Observable } from 'rxjs';
import { proxyTransport, type Transport } from '../api/transport';
import { annotationSupport } from './annotation-support';
import { ask, type Asked } from './ask';
import { browserClock } from './browser-clock';
import { askedQueries, isAsked, type Asking } from './build-request';
import { framesOf } from './frames';
import { checkHealth } from './health';
import { withoutDashboard, type Replace } from './interpolate';
import { liveAnswers, type LiveClock } from './live';
import { readOptions, readTagKeys, readTagValues, type OptionsAsked } from './options';
import { saidInSentences } from './problem-sentence';
import type { HpaWatchQuery } from './query-model';
import { queryText } from './query-text';
import { pollSecondsOf, type AgentOptions } from './settings';
import { stepOf } from './step';
import { HpaWatchVariables } from './variable-support';

/** What the data source takes from its surroundings. */
export type Surroundings = { send: Transport; replace: Replace; clock: LiveClock };

const surroundingsOf = (settings: DataSourceInstanceSettings<AgentOptions>): Surroundings => ({
  send: proxyTransport(settings.url ?? ''),
  replace: (text, scopedVars, format) => getTemplateSrv().replace(text, scopedVars, format),
  clock: browserClock,
});

/** Reads an agent of HPA Watch through Grafana's proxy, which holds the token. */
export class AgentDataSource extends DataSourceApi<HpaWatchQuery, AgentOptions> {
  override readonly annotations = annotationSupport;
  override readonly variables: HpaWatchVariables;
  private readonly around: Surroundings;
  private readonly pollMs: number;

  constructor(settings: DataSourceInstanceSettings<AgentOptions>, around: Partial<Surroundings> = {}) {
    super(settings);
    this.around = { ...surroundingsOf(settings), ...around };
    this.pollMs = pollSecondsOf(settings.jsonData ?? {}) * 1_000;
    this.variables = new HpaWatchVariables(this.around.send, this.around.replace);
  }

  override query(request: DataQueryRequest<HpaWatchQuery>): Observable<DataQueryResponse> {
    const { range, maxDataPoints, filters = [], scopedVars } = request;
    const queries = askedQueries(request.targets, scopedVars, this.around.replace);
    const [from, to] = [range.from.valueOf(), range.to.valueOf()];
    const stepMs = stepOf({ from, to, intervalMs: request.intervalMs, maxDataPoints });
    const whole: Asking = { from, to, intervalMs: stepMs, maxDataPoints, filters: this.filtersOf(filters, scopedVars) };
    if (queries.length === 0) return new Observable((subscriber) => finish(subscriber, { data: [] }));
    const isLive = queries.some(({ live }) => live === true) && isUpToNow(request);
    if (!isLive) return this.asked(queries, whole).pipe(map((asked) => responseOf(asked, stepMs, LoadingState.Done)));
    return liveAnswers({
      queries,
      whole,
      stepMs,
      pollMs: this.pollMs,
      clock: this.around.clock,
      ask: (some, asking) => this.asked(some, asking),
    }).pipe(map((asked) => responseOf(asked, stepMs, LoadingState.Streaming)));
  }

  override async testDatasource(): Promise<TestDataSourceResponse> {
    return checkHealth(this.around.send);
  }

  override filterQuery(query: HpaWatchQuery): boolean {
    return isAsked(query);
  }

  /** Explore has no HPA chosen yet: the table of all is a place to start from. */
  override getDefaultQuery(app: CoreApp): Partial<HpaWatchQuery> {
    return app === CoreApp.Explore ? { queryType: 'hpas' } : { queryType: 'series', metric: ['cpu_current'] };
  }

  override getQueryDisplayText(query: HpaWatchQuery): string {
    return queryText(query);
  }

  override interpolateVariablesInQueries(
    queries: HpaWatchQuery[],
    scopedVars: ScopedVars,
    filters: AdHocVariableFilter[] = [],
  ): HpaWatchQuery[] {
    return queries.map((query) => ({
      ...withoutDashboard(query, scopedVars, filters, this.around.replace),
      datasource: this.getRef(),
    }));
  }

  override getTagKeys(): Promise<MetricFindValue[]> {
    return saidInSentences(readTagKeys(this.around.send));
  }

  override getTagValues({ key }: DataSourceGetTagValuesOptions<HpaWatchQuery>): Promise<MetricFindValue[]> {
    return saidInSentences(readTagValues(this.around.send, key));
  }

  /** What a picker of the query editor offers, given what the others hold. */
  options(asked: OptionsAsked): Promise<string[]> {
    return readOptions(this.around.send, this.around.replace, asked);
  }

  private filtersOf(filters: readonly AdHocVariableFilter[], scopedVars: ScopedVars): AdHocVariableFilter[] {
    return filters.map((filter) => ({ ...filter, value: this.around.replace(filter.value, scopedVars) }));
  }

  /** Aborts the request when nobody waits for it any more. */
  private asked(queries: readonly HpaWatchQuery[], asking: Asking): Observable<Asked> {
    return new Observable((subscriber) => {
      const abort = new AbortController();
      ask(queries, asking, this.around.send, abort.signal).then(
        (asked) => finish(subscriber, asked),
        (error: unknown) => abort.signal.aborted || subscriber.error(error),
      );
      return () => abort.abort();
    });
  }
}

function finish<T>(subscriber: { next(value: T): void; complete(): void }, value: T): void {
  subscriber.next(value);
  subscriber.complete();
}

/** Of a range in the past nothing new will come. */
const isUpToNow = ({ rangeRaw, range }: DataQueryRequest<HpaWatchQuery>): boolean => {
  const to = rangeRaw?.to ?? range.raw?.to;
  return typeof to === 'string' && to.startsWith('now');
};

const responseOf = ({ answer, errors }: Asked, stepMs: number, state: LoadingState): DataQueryResponse => ({
  data: framesOf(answer, stepMs),
  state: errors.length > 0 && state === LoadingState.Done ? LoadingState.Error : state,
  ...(errors.length > 0 && { errors }),
});
