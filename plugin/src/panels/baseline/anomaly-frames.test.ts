import { expect, test } from '@jest/globals';
import { FieldType } from '@grafana/data';
import { anomaliesIn, anomaliesOf } from './anomaly-frames';
import { chartsOf } from './charts';
import { tableFrame, valueFrame } from './frames.fixture';

const table = tableFrame([
  ['started', FieldType.time, [60_000, 120_000]],
  ['ended', FieldType.time, [null, 180_000]],
  ['severity', FieldType.string, ['critical', 'info']],
  ['cluster', FieldType.string, ['prod', 'prod']],
  ['namespace', FieldType.string, ['shop', 'web']],
  ['hpa', FieldType.string, ['api', 'front']],
  ['sentence', FieldType.string, ['CPU is high.', 'The limit changed.']],
  ['metric', FieldType.string, ['cpu', null]],
  ['id', FieldType.string, ['a', 'b']],
]);

const annotations = (tags: unknown) =>
  tableFrame([
    ['time', FieldType.time, [60_000]],
    ['timeEnd', FieldType.time, [90_000]],
    ['title', FieldType.string, ['critical: cpu deviation']],
    ['text', FieldType.string, ['CPU is high. Look.']],
    ['tags', FieldType.other, [tags]],
    ['id', FieldType.string, ['c']],
  ]);

test('rows of an anomalies table', () => {
  expect(anomaliesIn([table])).toEqual([
    {
      ...{ id: 'a', severity: 'critical', start: 60_000, end: null, sentence: 'CPU is high.', metric: 'cpu' },
      ...{ cluster: 'prod', namespace: 'shop', hpa: 'api' },
    },
    {
      ...{ id: 'b', severity: 'info', start: 120_000, end: 180_000, sentence: 'The limit changed.', metric: null },
      ...{ cluster: 'prod', namespace: 'web', hpa: 'front' },
    },
  ]);
});

test.each([
  ['as the agent writes them', 'critical,cpu_deviation,prod,shop,api'],
  ['as Grafana splits them', ['critical', 'cpu_deviation', 'prod', 'shop', 'api']],
])('annotations with tags %s', (_, tags) => {
  expect(anomaliesIn([annotations(tags)])).toEqual([
    {
      ...{ id: 'c', severity: 'critical', start: 60_000, end: 90_000, sentence: 'CPU is high. Look.', metric: null },
      ...{ cluster: 'prod', namespace: 'shop', hpa: 'api' },
    },
  ]);
});

test('other annotations and values over time are no anomalies; the same one is told once', () => {
  expect(anomaliesIn([annotations('deploy'), valueFrame('cpu_current', [1])])).toEqual([]);
  expect(anomaliesIn([table, table])).toHaveLength(2);
});

test('a chart shows those of its HPA and metric, and those of no metric', () => {
  const [cpu] = chartsOf([valueFrame('cpu_current', [1])]);
  const [memory] = chartsOf([valueFrame('memory_current', [1])]);
  if (cpu === undefined || memory === undefined) throw new Error('no charts');
  const all = anomaliesIn([table, annotations('warning,x,prod,shop,api')]);
  expect(anomaliesOf(cpu, all).map(({ id }) => id)).toEqual(['a', 'c']);
  expect(anomaliesOf(memory, all).map(({ id }) => id)).toEqual(['c']);
});
