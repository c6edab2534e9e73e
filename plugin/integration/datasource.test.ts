import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  dateTime,
  FieldType,
  LoadingState,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceInstanceSettings,
} from '@grafana/data';
import { setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { firstValueFrom, lastValueFrom, map, Subject, take, toArray } from 'rxjs';
import { AgentDataSource } from '../src/datasource/AgentDataSource';
import type { HpaWatchQuery } from '../src/datasource/query-model';
import type { AgentOptions } from '../src/datasource/settings';
import type { VariableQuery } from '../src/datasource/variable-query';
import { replaceWith } from '../src/datasource/replace.fixture';
import { calls, startProxiedAgent, useHttp, type ProxiedAgent } from './grafana-edge';

/** The data source as Grafana has it, through the routes of its plugin.json, against a whole agent over the simulated fleet. */

let agent: ProxiedAgent;
beforeAll(async () => {
  useHttp();
  setTemplateSrv({ replace: (text = '') => text, getVariables: () => [] } as unknown as TemplateSrv);
  agent = await startProxiedAgent();
}, 150_000);
afterAll(() => agent?.stop());

const sourceWith = (secrets: string, role: 'Viewer' | 'Editor' = 'Viewer', around = {}): AgentDataSource =>
  new AgentDataSource(
    {
      id: 1,
      uid: 'agent',
      name: 'HPA Watch',
      type: 'hpawatch-monitor-datasource',
      url: agent.proxyOf(secrets, role),
      jsonData: {},
      meta: {},
    } as DataSourceInstanceSettings<AgentOptions>,
    around,
  );

const requestOf = (targets: HpaWatchQuery[]): DataQueryRequest<HpaWatchQuery> => ({
  requestId: 'Q1',
  app: 'dashboard',
  interval: '1m',
  intervalMs: 60_000,
  maxDataPoints: 500,
  range: { from: dateTime(Date.now() - 3 * 3_600_000), to: dateTime(), raw: { from: 'now-3h', to: 'now' } },
  scopedVars: {},
  timezone: 'browser',
  startTime: Date.now(),
  targets,
});

const ask = (source: AgentDataSource, ...targets: HpaWatchQuery[]): Promise<DataQueryResponse> =>
  lastValueFrom(source.query(requestOf(targets)));
const field = (frame: DataFrame | undefined, name: string): unknown[] =>
  frame?.fields.find((one) => one.name === name)?.values ?? [];
const variable = async (source: AgentDataSource, query: Omit<VariableQuery, 'refId'>): Promise<string[]> => {
  const request = { ...requestOf([]), targets: [{ refId: 'v', ...query }] } as DataQueryRequest<VariableQuery>;
  const { data } = await firstValueFrom(source.variables.query(request));
  return (data as { text: string }[]).map(({ text }) => text);
};

describe('a viewer', () => {
  test('finds clusters, then their namespaces, then their HPAs, and draws one with its band', async () => {
    const source = sourceWith('two-tokens');
    const [cluster = ''] = await variable(source, { variable: 'clusters' });
    const [namespace = ''] = await variable(source, { variable: 'namespaces', cluster: [cluster] });
    const [hpa = ''] = await variable(source, { variable: 'hpas', cluster: [cluster], namespace: [namespace] });
    const place = { cluster: [cluster], namespace: [namespace], hpa: [hpa] };
    calls.length = 0;
    const { data, errors, state } = await ask(
      source,
      { refId: 'A', queryType: 'series', ...place },
      { refId: 'B', queryType: 'band', ...place },
    );
    expect([errors, state, calls]).toEqual([undefined, LoadingState.Done, ['POST /agent/grafana/query']]);
    const [values, band] = data as DataFrame[];
    // A sample each five minutes of what was collected afterwards, then one each minute.
    const known = field(values, 'value').filter((value) => typeof value === 'number');
    expect(known.length).toBeGreaterThan(33);
    const [lower, upper] = [field(band, 'lower'), field(band, 'upper')] as number[][];
    expect(lower!.length).toBeGreaterThan(100);
    expect(lower!.every((value, index) => value <= (upper?.[index] ?? NaN))).toBe(true);
  });

  test('sees every table', async () => {
    const source = sourceWith('two-tokens');
    const types = ['anomalies', 'annotations', 'hpas', 'slots', 'forwards', 'clusters', 'summary'] as const;
    const { data } = await ask(source, ...types.map((queryType): HpaWatchQuery => ({ refId: queryType, queryType })));
    const frames = data as DataFrame[];
    expect(frames.map(({ refId }) => refId)).toEqual(types);
    for (const frame of frames) {
      expect([frame.refId, frame.length > 0]).toEqual([frame.refId, true]);
      for (const { type, values } of frame.fields)
        for (const value of values) if (value !== null) expect(typeOf(type)).toBe(typeof value);
    }
  });

  test('filters by what fires', async () => {
    const filters = [{ key: 'severity', operator: '=', value: 'critical' }];
    const request = { ...requestOf([{ refId: 'A', queryType: 'hpas' }]), filters };
    const { data } = await lastValueFrom(sourceWith('two-tokens').query(request));
    expect(new Set(field((data as DataFrame[])[0], 'state'))).toEqual(new Set(['critical']));
  });

  test('uses a variable with several values, and is told of one that there is not', async () => {
    const source = sourceWith('one-token');
    const clusters = await variable(source, { variable: 'clusters' });
    const replace = replaceWith({ cluster: clusters.slice(0, 2) });
    const { data, errors } = await ask(
      sourceWith('one-token', 'Viewer', { replace }),
      { refId: 'A', queryType: 'clusters', cluster: ['$cluster'] },
      { refId: 'B', queryType: 'clusters', cluster: ['$nothing'] },
    );
    expect(field((data as DataFrame[])[0], 'cluster').sort()).toEqual(clusters.slice(0, 2));
    expect(errors).toEqual([
      { refId: 'B', message: expect.stringMatching(/^cluster is "\$nothing": the dashboard has no such variable/) },
    ]);
  });

  test('gets the options of each picker of the query editor', async () => {
    const source = sourceWith('two-tokens');
    for (const name of ['cluster', 'namespace', 'hpa', 'severity', 'kind', 'state'] as const) {
      const options = await source.options({ query: { refId: 'A', queryType: 'anomalies' }, field: name });
      expect([name, options.length > 1]).toEqual([name, true]);
    }
  });

  test('watches live values until the panel is gone', async () => {
    const polls = new Subject<void>();
    const clock = { now: () => Date.now(), every: () => polls, isWatched: () => true };
    const source = sourceWith('two-tokens', 'Viewer', { clock });
    const [cluster = ''] = await variable(source, { variable: 'clusters' });
    calls.length = 0;
    const query: HpaWatchQuery = { refId: 'A', queryType: 'series', cluster: [cluster], live: true };
    const seen = lastValueFrom(
      source.query(requestOf([query])).pipe(
        map((response) => {
          queueMicrotask(() => polls.next());
          return response;
        }),
        take(3),
        toArray(),
      ),
    );
    const responses = await seen;
    expect(responses.map(({ state, errors }) => [state, errors])).toEqual(
      Array(3).fill([LoadingState.Streaming, undefined]),
    );
    const times = field((responses[2]?.data as DataFrame[])[0], 'time') as number[];
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    polls.next();
    expect([calls.length, polls.observed]).toEqual([3, false]);
  }, 30_000);
});

const typeOf = (type: FieldType): string => (type === FieldType.time ? 'number' : type);

describe('save & test says', () => {
  test.each<[string, 'Viewer' | 'Editor', string, RegExp]>([
    ['two-tokens', 'Editor', 'success', /^HPA Watch \S+ answers\. It reaches its clusters \((\d+) of \1\)\.$/],
    ['one-token', 'Editor', 'success', /answers\./],
    ['read-token', 'Editor', 'success', /The token may only read/],
    ['wrong-token', 'Editor', 'error', /does not know the token\. Enter/],
    ['wrong-write-token', 'Editor', 'error', /Reading works, but/],
    ['two-tokens', 'Viewer', 'success', /answers\./],
    ['away', 'Editor', 'error', /^Grafana does not reach the agent/],
    ['frozen', 'Editor', 'error', /^The agent did not answer in time/],
  ])('with %s, asked by an %s: %s', async (secrets, role, status, message) => {
    expect(await sourceWith(secrets, role).testDatasource()).toEqual({
      status,
      message: expect.stringMatching(message),
    });
  });

  test('and changes nothing by it', async () => {
    const source = sourceWith('two-tokens', 'Editor');
    const before = await variable(source, { variable: 'clusters' });
    await source.testDatasource();
    expect(await variable(source, { variable: 'clusters' })).toEqual(before);
  });
});

test('an agent that is away is one sentence at each query of the panel', async () => {
  const { data, errors, state } = await ask(
    sourceWith('away'),
    { refId: 'A', queryType: 'hpas' },
    { refId: 'B', queryType: 'summary' },
  );
  expect([data, state]).toEqual([[], LoadingState.Error]);
  expect(errors?.map(({ refId }) => refId)).toEqual(['A', 'B']);
  expect(errors?.[0]?.message).toMatch(/^Grafana does not reach the agent\. Check/);
});
