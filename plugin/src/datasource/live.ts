import type { DataQueryError } from '@grafana/data';
import type { GrafanaAnswer, GrafanaSeries } from '@hpa-watch/agent/contract';
import { concat, defer, exhaustMap, filter, map, tap, type Observable } from 'rxjs';
import type { Asked } from './ask';
import type { Asking } from './build-request';
import type { HpaWatchQuery } from './query-model';

const MINUTE_MS = 60_000;
/** Scrapes and scans land late: that much of what is held is read again. */
const OVERLAP_MS = 5 * MINUTE_MS;

/** Time, as a live query needs it. */
export type LiveClock = {
  now(): number;
  every(ms: number): Observable<unknown>;
  /** Nothing is asked for a page that nobody sees. */
  isWatched(): boolean;
};

export type Live = {
  queries: readonly HpaWatchQuery[];
  /** The whole range. */
  whole: Asking;
  stepMs: number;
  pollMs: number;
  clock: LiveClock;
  ask: (queries: readonly HpaWatchQuery[], asking: Asking) => Observable<Asked>;
};

/**
 * The whole range, then at each poll what is new of the live queries: values and bands from a cursor on, tables anew. Each emission is all there
 * is. A poll that fails keeps what is held and says so; the next one tries again. Ends on unsubscribe.
 */
export function liveAnswers({ queries, whole, stepMs, pollMs, clock, ask }: Live): Observable<Asked> {
  return defer(() => {
    const startedAt = clock.now();
    const span = whole.to - whole.from;
    const delayMs = startedAt - whole.to;
    const live = queries.filter((query) => query.live === true);
    const liveIds = new Set(live.map(({ refId }) => refId));
    let held: GrafanaAnswer = [];
    let settled: DataQueryError[] = [];
    let readTo = whole.to;

    const first = ask(queries, whole).pipe(
      tap(({ answer, errors }) => {
        held = answer;
        settled = errors.filter(({ refId }) => refId === undefined || !liveIds.has(refId));
        if (errors.some(({ refId }) => refId !== undefined && liveIds.has(refId))) readTo = whole.from;
      }),
    );
    const poll = (): Observable<Asked> => {
      const to = clock.now() - delayMs;
      const window = { from: to - span, to };
      const cursor = Math.max(window.from, Math.floor((readTo - OVERLAP_MS) / stepMs) * stepMs);
      return ask(live, { ...whole, from: cursor, to }).pipe(
        map(({ answer, errors }) => {
          held = merged(held, answer, cursor, window.from);
          if (errors.length === 0) readTo = to;
          return { answer: held, errors: [...settled, ...errors] };
        }),
      );
    };
    return concat(
      first,
      clock.every(pollMs).pipe(
        filter(() => clock.isWatched()),
        exhaustMap(poll),
      ),
    );
  });
}

const keyOf = (one: GrafanaAnswer[number]): string =>
  'columns' in one ? `table ${one.refId}` : `series ${one.refId} ${JSON.stringify(one.tags)}`;

/** `held` with everything from `cursor` on replaced by `news`, nothing older than `oldest`; tables are replaced as a whole. */
export function merged(held: GrafanaAnswer, news: GrafanaAnswer, cursor: number, oldest: number): GrafanaAnswer {
  const newsOf = new Map(news.map((one) => [keyOf(one), one]));
  const kept = held.map((one) => {
    const fresh = newsOf.get(keyOf(one));
    newsOf.delete(keyOf(one));
    if ('columns' in one) return fresh ?? one;
    const old = one.datapoints.filter(([, at]) => at >= oldest && (fresh === undefined || at < cursor));
    const added: GrafanaSeries['datapoints'] = fresh !== undefined && 'datapoints' in fresh ? fresh.datapoints : [];
    return { ...one, datapoints: [...old, ...added] };
  });
  return [...kept, ...newsOf.values()];
}
