import { expect, test } from '@jest/globals';
import type { AnomalyView, BaselineMetric, SeriesAnswer } from '@hpa-watch/agent/contract';
import { changes, chartOf, chartsOf, memoryTarget } from './charts';

const at = (minute: number): string => new Date(minute * 60_000).toISOString();
const series: Pick<SeriesAnswer, 'timestamps' | 'values'> = {
  timestamps: [at(1), at(2), at(3)],
  values: {
    cpu_current: [50, null, 60],
    cpu_target: [70, 70, 80],
    memory_current: [300, 320, 340],
    memory_target: [null, null, null],
    pressure: [0.7, 0.8, 0.9],
    replicas_current: [4, 4, 5],
    replicas_desired: [4, 5, 5],
    replicas_min: [2, 2, 2],
    replicas_max: [10, 10, 10],
  },
};
const band = { timestamps: [at(1), at(2)], expected: [50, 51], lower: [40, 41], upper: [60, 61] };
const charts = chartsOf({ series, bands: { cpu: band, memory: null }, anomalies: [] });
const chart = (metric: BaselineMetric) => charts.find((one) => one.metric === metric);

test('CPU has its values, its band and the target where it changes', () => {
  expect(chart('cpu')).toMatchObject({
    value: { times: [60_000, 120_000, 180_000], values: [50, null, 60] },
    band: { times: [60_000, 120_000], lower: [40, 41], upper: [60, 61] },
    references: [{ id: 'target', line: { times: [60_000, 180_000], values: [70, 80] } }],
  });
});

test.each<[BaselineMetric, string[]]>([
  ['memory', []],
  ['pressure', ['target']],
  ['replicas', ['min', 'max', 'desired']],
])('%s is compared with %j', (metric, ids) => {
  expect(chart(metric)?.references.map(({ id }) => id)).toEqual(ids);
});

test('pressure is compared with 1', () => {
  expect(chart('pressure')?.references[0]?.line.values).toEqual([1]);
});

test('nothing learned is no band', () => {
  expect([chart('memory')?.band, chart('pressure')?.band]).toEqual([null, null]);
});

test('the target of memory is in MiB, by what the pods request as far as that is known', () => {
  const values = {
    memory_current: [400, 410, null, 300, 404],
    memory_utilization: [50, 51.25, 40, null, 50],
    memory_target: [80, 80, null, 90, 80],
  };
  expect(memoryTarget(values)).toEqual([640, 640, null, 720, 640]);
});

test('without requests there is no target in MiB', () => {
  expect(memoryTarget({ memory_current: [400], memory_utilization: [null], memory_target: [80] })).toEqual([]);
});

test('a target that is unknown for a while has not changed', () => {
  expect(changes([1, 2, 3, 4], [70, null, 70, 80])).toEqual({ times: [1, 4], values: [70, 80] });
});

test.each<[Pick<AnomalyView, 'metric' | 'kind'>, BaselineMetric]>([
  [{ metric: 'cpu', kind: 'level_shift' }, 'cpu'],
  [{ metric: null, kind: 'maxed_out' }, 'replicas'],
  [{ metric: null, kind: 'scaling_stuck' }, 'pressure'],
  [{ metric: null, kind: 'memory_leak' }, 'memory'],
])('%j is drawn on the chart of %s', (anomaly, metric) => {
  expect(chartOf(anomaly)).toBe(metric);
});
