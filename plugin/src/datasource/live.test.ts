import { beforeEach, describe, expect, test } from '@jest/globals';
import { LoadingState, type DataFrame, type DataQueryResponse } from '@grafana/data';
import type { GrafanaAnswer, GrafanaQueryRequest } from '@hpa-watch/agent/contract';
import { Subject, type Subscription } from 'rxjs';
import { AgentProblem } from '../api/problem';
import type { Call, Transport } from '../api/transport';
import { dataSource, NOON, panelRequest, rangeOf } from './data-source.fixture';
import { merged } from './live';
import type { HpaWatchQuery } from './query-model';

const MINUTE = 60_000;
const LIVE: HpaWatchQuery = { refId: 'A', queryType: 'series', hpa: ['api'], live: true };

/** An agent whose one HPA has a sample at each whole minute, valued by its minute of the hour; its table says what time it is. */
class Rig {
  now = NOON;
  watched = true;
  failing = false;
  readonly polls = new Subject<void>();
  readonly asked: GrafanaQueryRequest[] = [];
  readonly seen: DataQueryResponse[] = [];
  everyMs = 0;

  readonly send: Transport = async <T>(_: string, { body }: Call = {}): Promise<T> => {
    const { range, targets } = body as GrafanaQueryRequest;
    this.asked.push(body as GrafanaQueryRequest);
    if (this.failing) throw new AgentProblem('unreachable', 'Bad gateway');
    const [from, to] = [Date.parse(range!.from), Math.min(this.now, Date.parse(range!.to))];
    const minutes = Array.from({ length: (to - from) / MINUTE + 1 }, (_, i) => from + i * MINUTE);
    const answer: GrafanaAnswer = targets.map(({ refId, target }) =>
      target === 'series'
        ? {
            target: 'api',
            title: 'api',
            refId: refId ?? '',
            datapoints: minutes.map((at): [number, number] => [(at / MINUTE) % 60, at]),
            tags: { cluster: 'prod', namespace: 'shop', hpa: 'api', metric: 'cpu_current' },
          }
        : { type: 'table', refId: refId ?? '', columns: [{ text: 'now', type: 'time' }], rows: [[this.now]] },
    );
    return answer as T;
  };

  open(targets: HpaWatchQuery[], rest = {}): Subscription {
    const around = {
      send: this.send,
      clock: {
        now: () => this.now,
        isWatched: () => this.watched,
        every: (ms: number) => {
          this.everyMs = ms;
          return this.polls;
        },
      },
    };
    const request = panelRequest(targets, { range: rangeOf(30), ...rest });
    return dataSource(around, { pollSeconds: 30 })
      .query(request)
      .subscribe((response) => this.seen.push(response));
  }

  async later(minutes: number): Promise<void> {
    this.now += minutes * MINUTE;
    this.polls.next();
    await settled();
  }

  get last(): DataQueryResponse | undefined {
    return this.seen.at(-1);
  }
  values(): unknown[] {
    return (this.last?.data as DataFrame[])[0]?.fields[1]?.values ?? [];
  }
}

/** Until every promise that waits for nothing but others is through. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});

describe('a live query', () => {
  test('moves with time: what is new is added, what is too old is dropped', async () => {
    const panel = rig.open([LIVE]);
    await settled();
    expect([rig.values().length, rig.last?.state, rig.everyMs]).toEqual([31, LoadingState.Streaming, 30_000]);
    await rig.later(2);
    expect(rig.values()).toEqual([...Array.from({ length: 28 }, (_, i) => 32 + i), 0, 1, 2]);
    panel.unsubscribe();
  });

  test('asks from a cursor on, not for the whole range again', async () => {
    const panel = rig.open([LIVE]);
    await settled();
    await rig.later(1);
    expect(rig.asked[1]?.range).toEqual({ from: '2026-01-05T11:55:00.000Z', to: '2026-01-05T12:01:00.000Z' });
    await rig.later(1);
    expect(rig.asked[2]?.range?.from).toBe('2026-01-05T11:56:00.000Z');
    panel.unsubscribe();
  });

  test('after a pause it reads all that it missed', async () => {
    const panel = rig.open([LIVE]);
    await settled();
    await rig.later(20);
    expect(rig.values()).toEqual(Array.from({ length: 31 }, (_, i) => (50 + i) % 60));
    panel.unsubscribe();
  });

  test('leaves the other queries of the panel as they are', async () => {
    const panel = rig.open([LIVE, { refId: 'B', queryType: 'summary' }]);
    await settled();
    await rig.later(1);
    expect(rig.asked.map(({ targets }) => targets.map(({ refId }) => refId))).toEqual([['A', 'B'], ['A']]);
    expect((rig.last?.data as DataFrame[])[1]?.fields[0]?.values).toEqual([NOON]);
    panel.unsubscribe();
  });

  test('reads tables anew', async () => {
    const panel = rig.open([{ refId: 'A', queryType: 'hpas', live: true }]);
    await settled();
    await rig.later(3);
    expect((rig.last?.data as DataFrame[])[0]?.fields[0]?.values).toEqual([NOON + 3 * MINUTE]);
    panel.unsubscribe();
  });

  test('keeps what it has when a poll fails, says so, and catches up', async () => {
    const panel = rig.open([LIVE]);
    await settled();
    rig.failing = true;
    await rig.later(10);
    expect(rig.last?.errors?.[0]).toMatchObject({
      refId: 'A',
      message: expect.stringContaining('does not reach the agent'),
    });
    expect(rig.last?.state).toBe(LoadingState.Streaming);
    expect(rig.values()).toHaveLength(21);
    rig.failing = false;
    await rig.later(1);
    expect([rig.last?.errors, rig.values().length]).toEqual([undefined, 31]);
    panel.unsubscribe();
  });

  test('asks nothing while nobody sees the page', async () => {
    const panel = rig.open([LIVE]);
    await settled();
    rig.watched = false;
    await rig.later(1);
    expect(rig.asked).toHaveLength(1);
    panel.unsubscribe();
  });

  test('ends with the panel', async () => {
    const panel = rig.open([LIVE]);
    await settled();
    panel.unsubscribe();
    await rig.later(1);
    expect([rig.asked.length, rig.polls.observed]).toEqual([1, false]);
  });
});

test.each<[string, HpaWatchQuery, object]>([
  ['that is not live', { ...LIVE, live: undefined }, {}],
  ['of a range in the past', LIVE, { range: rangeOf(30, NOON, { from: '2026-01-05', to: '2026-01-05' }) }],
])('a query %s is asked once', async (_, query, rest) => {
  const panel = rig.open([query], rest);
  await settled();
  expect([rig.last?.state, panel.closed]).toEqual([LoadingState.Done, true]);
});

describe('merging', () => {
  const line = (hpa: string, ...at: number[]) => ({
    target: hpa,
    title: hpa,
    refId: 'A',
    tags: { hpa },
    datapoints: at.map((time): [number, number] => [time, time]),
  });
  const times = (answer: GrafanaAnswer) =>
    answer.map((one) => ('datapoints' in one ? one.datapoints.map(([, at]) => at) : []));

  test.each<[string, GrafanaAnswer, GrafanaAnswer, number[][]]>([
    ['from the cursor on, what is new counts', [line('a', 1, 5, 8)], [line('a', 6, 9)], [[5, 6, 9]]],
    ['an HPA that came', [line('a', 5)], [line('a', 6), line('b', 7)], [[5, 6], [7]]],
    ['an HPA that went keeps what is in range', [line('a', 1, 5, 7)], [], [[5, 7]]],
  ])('%s', (_, held, news, expected) => {
    expect(times(merged(held, news, 6, 2))).toEqual(expected);
  });
});
