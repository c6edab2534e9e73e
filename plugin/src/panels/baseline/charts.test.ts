import { expect, test } from '@jest/globals';
import { FieldType } from '@grafana/data';
import { chartsOf, hasPoints } from './charts';
import { bandFrame, tableFrame, valueFrame } from './frames.fixture';
import { heightOfEach } from './heights';
import { completeOptions } from './options';
import { roleOf } from './roles';

test('value, band, limits and what is desired of one HPA make one chart', () => {
  const charts = chartsOf([
    valueFrame('replicas_current', [4, 5]),
    bandFrame('replicas'),
    valueFrame('replicas_min', [2, 2]),
    valueFrame('replicas_max', [10, 10]),
    valueFrame('replicas_desired', [5, 6]),
  ]);
  expect(charts.map(({ key }) => key)).toEqual(['prod/shop/api/replicas']);
  const [chart] = charts;
  expect(chart?.value.values).toEqual([4, 5]);
  expect(chart?.band).toMatchObject({ lower: [50, 51], expected: [60, 61], upper: [70, 71] });
  expect(chart?.references.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
    'replicas_min limit',
    'replicas_max limit',
    'replicas_desired desired',
  ]);
});

test('each HPA and each metric has its own chart, in the order of the data', () => {
  const web = { cluster: 'prod', namespace: 'web', hpa: 'front' };
  const charts = chartsOf([valueFrame('memory_current', [1]), valueFrame('cpu', [2], web), bandFrame('cpu', web)]);
  expect(charts.map(({ key }) => key)).toEqual(['prod/shop/api/memory', 'prod/web/front/cpu']);
});

test('the parts of a band as the generic JSON data source gives them, a frame each', () => {
  const part = (name: string, value: number) => {
    const frame = valueFrame('cpu', [value]);
    const [time, field] = frame.fields;
    if (time === undefined || field === undefined) throw new Error('no fields');
    return {
      ...frame,
      fields: [
        time,
        { ...field, name: `api ${name}`, labels: { ...field.labels, part: name } as Record<string, string> },
      ],
    };
  };
  const [chart] = chartsOf([part('lower', 48), part('upper', 52), part('value', 50)]);
  expect(chart?.band).toEqual({ times: [0], lower: [48], upper: [52], expected: null });
  expect(chart?.value.values).toEqual([50]);
});

test.each([
  [
    'a table',
    tableFrame([
      ['started', FieldType.time, [1]],
      ['score', FieldType.number, [2]],
      ['kind', FieldType.string, ['x']],
    ]),
  ],
  ['a frame without time', tableFrame([['score', FieldType.number, [2]]])],
])('%s is no chart', (_, frame) => {
  expect(chartsOf([frame])).toEqual([]);
});

test('a target alone, or a frame without rows, is nothing to draw', () => {
  expect(chartsOf([valueFrame('cpu_target', [70])])).toEqual([]);
  expect(chartsOf([valueFrame('cpu_current', [])]).filter(hasPoints)).toEqual([]);
});

test.each([
  ['cpu_current', { kind: 'value', metric: 'cpu' }],
  ['pressure', { kind: 'value', metric: 'pressure' }],
  ['memory_utilization', { kind: 'value', metric: 'memory_utilization' }],
  ['cpu_target', { kind: 'reference', metric: 'cpu', id: 'cpu_target', reference: 'target' }],
])('a field of metric %s is %j', (metric, role) => {
  expect(roleOf('value', { metric })).toEqual(role);
});

test('without labels the names lower, upper and value tell what belongs together', () => {
  const roles = ['value', 'lower', 'upper'].map((name) => roleOf(name, undefined));
  expect(roles.map(({ metric }) => metric)).toEqual(['', '', '']);
  expect(roles.map(({ kind }) => kind)).toEqual(['value', 'band', 'band']);
});

test.each([
  [300, 1, 300],
  [80, 1, 80],
  [600, 2, 280],
  [300, 4, 120],
])('in %i px height %i charts are %i px high', (height, charts, each) => {
  expect(heightOfEach(height, charts)).toBe(each);
});

test('options of an older dashboard are completed, what was chosen stays', () => {
  expect(completeOptions({ showLegend: false })).toMatchObject({ showLegend: false, showAnomalies: true });
  expect(completeOptions(undefined)).toMatchObject({ showLegend: true });
});
