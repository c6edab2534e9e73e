import { describe, expect, test } from '@jest/globals';
import { DataFrameType, LoadingState, type DataFrame, type DataQueryResponse } from '@grafana/data';
import type { GrafanaAnswer } from '@hpa-watch/agent/contract';
import { lastValueFrom } from 'rxjs';
import { dataSource, panelRequest, rangeOf } from './data-source.fixture';
import { framesOf } from './frames';
import type { HpaWatchQuery } from './query-model';
import { recordedAgent } from './recorded.fixture';
import recorded from './recorded.fixture.json';

/** From the query of a panel over what the agent answers to it, to the frames that Grafana draws. */

const answer = (targets: HpaWatchQuery[], rest = {}): Promise<DataQueryResponse> =>
  lastValueFrom(dataSource(recordedAgent()).query(panelRequest(targets, rest)));

const framesFor = async (targets: HpaWatchQuery[], rest = {}): Promise<DataFrame[]> =>
  (await answer(targets, rest)).data as DataFrame[];

const fieldOf = (frame: DataFrame | undefined, name: string) => frame?.fields.find((field) => field.name === name);
const shape = (frame: DataFrame) => frame.fields.map(({ name, type }) => `${name} ${type}`);

describe('values', () => {
  test('a frame for each HPA, its names in the labels, what is not known null', async () => {
    const frames = await framesFor([{ refId: 'A', queryType: 'series', cluster: ['prod'] }]);
    expect(frames.map((frame) => [frame.refId, frame.length, ...shape(frame)])).toEqual([
      ['A', 2, 'time time', 'value number'],
      ['A', 2, 'time time', 'value number'],
    ]);
    expect(frames[0]?.meta).toMatchObject({ type: DataFrameType.TimeSeriesMulti, preferredVisualisationType: 'graph' });
    expect(fieldOf(frames[0], 'value')).toMatchObject({
      labels: { cluster: 'prod', namespace: 'shop', hpa: 'api', metric: 'cpu_current' },
      config: { unit: 'percent', displayNameFromDS: 'shop/api · prod · cpu_current' },
      values: [61.123, null],
    });
  });

  test.each([
    ['five minutes, as history that was collected afterwards has them', 60_000, 300_000],
    ['two steps', 1_800_000, 3_600_000],
  ])('points further apart than %s are not joined', (_, stepMs, gapMs) => {
    const { answer } = recorded.find(({ name }) => name === 'values of two HPAs')!;
    const [frame] = framesOf(answer as GrafanaAnswer, stepMs);
    expect(fieldOf(frame, 'time')?.config.interval).toBe(gapMs);
  });

  test('memory is in MiB, its name is the legend', async () => {
    const [frame] = await framesFor([
      {
        refId: 'A',
        queryType: 'series',
        cluster: ['prod'],
        hpa: ['shop/api'],
        metric: ['memory_current'],
        legend: '{{hpa}} {{metric}}',
      },
    ]);
    expect(fieldOf(frame, 'value')?.config).toEqual({ unit: 'mbytes', displayNameFromDS: 'api memory_current' });
  });

  test('nothing found is no frame and no error', async () => {
    expect(await answer([{ refId: 'A', queryType: 'series', hpa: ['nothing'] }])).toEqual({
      data: [],
      state: LoadingState.Done,
    });
  });
});

describe('a band', () => {
  const range = rangeOf(10);
  const band: HpaWatchQuery = {
    refId: 'B',
    queryType: 'band',
    hpa: ['web/front'],
    parts: ['value', 'lower', 'expected', 'upper'],
  };

  test('values stand in a frame of their own, beside lower, expected and upper', async () => {
    const frames = await framesFor([band], { range });
    expect(frames.map(shape)).toEqual([
      ['time time', 'value number'],
      ['time time', 'lower number', 'expected number', 'upper number'],
    ]);
    expect(fieldOf(frames[1], 'lower')?.values).toEqual(Array(11).fill(48));
    expect(fieldOf(frames[1], 'upper')?.values).toEqual(Array(11).fill(52));
    const { part: _, ...labels } = fieldOf(frames[0], 'value')?.labels ?? {};
    expect(fieldOf(frames[1], 'upper')?.labels).toEqual(labels);
  });

  test('the area is filled from upper down to lower of the same HPA', async () => {
    const frames = await framesFor([{ refId: 'B', queryType: 'band', cluster: ['prod'] }], { range: rangeOf(5) });
    expect(frames.map((frame) => frame.name)).toEqual(['shop/api', 'web/front']);
    for (const frame of frames) {
      const lower = fieldOf(frame, 'lower')?.config.displayNameFromDS;
      expect(lower).toBe(`${frame.name} · prod · cpu lower`);
      expect(fieldOf(frame, 'upper')?.config.custom).toMatchObject({ fillBelowTo: lower, lineWidth: 0 });
    }
  });
});

describe('tables', () => {
  test('anomalies, newest first: times, words and numbers by their types', async () => {
    const [frame] = await framesFor([{ refId: 'A', queryType: 'anomalies' }]);
    expect(frame?.meta).toEqual({ preferredVisualisationType: 'table' });
    expect(shape(frame!)).toEqual(expect.arrayContaining(['started time', 'severity string', 'observed number']));
    expect(fieldOf(frame, 'severity')?.values).toEqual(['critical', 'warning']);
    expect(fieldOf(frame, 'ended')?.values).toEqual([null, expect.any(Number)]);
    expect(fieldOf(frame, 'severity')?.config.mappings?.[0]?.options).toMatchObject({ critical: { color: 'red' } });
  });

  test('annotations as Grafana reads them, narrowed by the filters of the dashboard', async () => {
    const [frame] = await framesFor([{ refId: 'Anno', queryType: 'annotations', severity: ['critical'] }], {
      filters: [{ key: 'namespace', operator: '=', value: 'shop' }],
    });
    expect(shape(frame!)).toEqual([
      'time time',
      'timeEnd time',
      'title string',
      'text string',
      'tags string',
      'id string',
    ]);
    expect(frame?.length).toBe(1);
  });

  test('HPAs with their units', async () => {
    const [frame] = await framesFor([{ refId: 'A', queryType: 'hpas' }]);
    expect(frame?.length).toBe(3);
    expect(['cpu', 'memory', 'coverage', 'replicas'].map((name) => fieldOf(frame, name)?.config.unit)).toEqual([
      'percent',
      'mbytes',
      'percent',
      undefined,
    ]);
  });

  test('slots, forwards and clusters in one request', async () => {
    const agent = recordedAgent();
    const targets: HpaWatchQuery[] = [
      { refId: 'A', queryType: 'slots' },
      { refId: 'B', queryType: 'forwards', cluster: ['prod'] },
      { refId: 'C', queryType: 'clusters' },
    ];
    const { data } = await lastValueFrom(dataSource(agent).query(panelRequest(targets)));
    expect(agent.sent).toHaveLength(1);
    expect((data as DataFrame[]).map(({ refId }) => refId)).toEqual(['A', 'B', 'C']);
  });
});

describe('what the agent refuses', () => {
  test('is a sentence at its query, without the words of the protocol', async () => {
    const { data, errors, state } = await answer([{ refId: 'A', queryType: 'series', metric: ['humidity'] }]);
    expect([data, state, errors?.length, errors?.[0]?.refId]).toEqual([[], LoadingState.Error, 1, 'A']);
    expect(errors?.[0]?.message).toMatch(/^metric has "humidity"; allowed: cpu_current, /);
  });

  test('a cluster that the agent does not know', async () => {
    const { errors } = await answer([{ refId: 'A', queryType: 'forwards', cluster: ['nowhere'] }]);
    expect(errors).toEqual([{ refId: 'A', message: 'No cluster nowhere' }]);
  });
});
