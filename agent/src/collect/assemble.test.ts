import { expect, test } from '@jest/globals';
import type { Series } from '../prometheus/prometheus.ts';
import { assemble, type Answers, type TrackedHpa } from './assemble.ts';

const WINDOW = { start: 0, end: 120_000, stepMs: 60_000 };
const api: TrackedHpa = { id: 1, namespace: 'shop', hpa: 'api', target: { kind: 'Deployment', name: 'api' } };
const OPTIONS = { approximate: false, scraperContainers: new Set<string>() };

const one = (labels: Record<string, string>, values: (number | null)[]): Series => {
  const points = values.flatMap((value, index) => (value === null ? [] : [[index * 60_000, value] as const]));
  return { labels, times: points.map(([time]) => time), values: points.map(([, value]) => value) };
};
const metric = (side: 'spec' | 'status', labels: Record<string, string>, values: (number | null)[]): Series =>
  one(
    {
      __name__: `kube_horizontalpodautoscaler_${side}_target_metric`,
      namespace: 'shop',
      horizontalpodautoscaler: 'api',
      ...labels,
    },
    values,
  );
const rows = (answers: Answers, options = OPTIONS) => assemble([api], WINDOW, answers, options).get(1) ?? [];

test('minutes of which nothing is known are left out, missing values are null', () => {
  const labels = {
    __name__: 'kube_horizontalpodautoscaler_status_current_replicas',
    namespace: 'shop',
    horizontalpodautoscaler: 'api',
  };
  const result = rows({ replicas: [one(labels, [0, null, 3])] });
  expect(result.map(({ ts, replicasCurrent, cpuCurrent }) => [ts, replicasCurrent, cpuCurrent])).toEqual([
    [0, 0, null],
    [120_000, 3, null],
  ]);
});

test('series of another namespace, HPA or workload, and instants off the grid, are ignored', () => {
  const workload = { owner_kind: 'Deployment', owner_name: 'api' };
  const off: Series = { labels: { namespace: 'shop', ...workload }, times: [30_000, 180_000], values: [1, 1] };
  const cpu = [
    one({ namespace: 'lab', ...workload }, [9, 9, 9]),
    one({ namespace: 'shop', owner_kind: 'StatefulSet', owner_name: 'api' }, [8, 8, 8]),
    off,
  ];
  expect(rows({ cpu })).toEqual([]);
});

const CPU = { metric_name: 'cpu', metric_target_type: 'utilization' };
test.each<[string, Series[], (number | null)[]]>([
  ['current over target', [metric('spec', CPU, [50, 50, 50]), metric('status', CPU, [25, null, 100])], [0.5, null, 2]],
  [
    'the largest over all metrics',
    [
      metric('spec', CPU, [50, 50, 50]),
      metric('status', CPU, [25, 25, 25]),
      metric('spec', { metric_name: 'rps', metric_target_type: 'average' }, [10, 10, 10]),
      metric('status', { metric_name: 'rps', metric_target_type: 'average' }, [1, 9, null]),
    ],
    [0.5, 0.9, 0.5],
  ],
  ['nothing for a target of 0', [metric('spec', CPU, [0, 0, 50]), metric('status', CPU, [0, 1, 50])], [null, null, 1]],
  [
    'nothing across target types',
    [metric('spec', CPU, [50, 50, 50]), metric('status', { ...CPU, metric_target_type: 'average' }, [1, 1, 1])],
    [null, null, null],
  ],
  [
    'container by container',
    [
      metric('spec', { ...CPU, container: 'a' }, [50, 50, 50]),
      metric('spec', { ...CPU, container: 'b' }, [10, 10, 10]),
      metric('status', { ...CPU, container: 'a' }, [50, 50, 50]),
      metric('status', { ...CPU, container: 'b' }, [5, 15, 5]),
    ],
    [1, 1.5, 1],
  ],
  [
    'without the container that only one side tells',
    [metric('spec', { ...CPU, container: 'a' }, [50, 50, 50]), metric('status', CPU, [25, 25, 25])],
    [0.5, 0.5, 0.5],
  ],
  [
    'nothing where the container leaves a choice',
    [
      metric('spec', { ...CPU, container: 'a' }, [50, 50, 50]),
      metric('spec', { ...CPU, container: 'b' }, [10, 10, 10]),
      metric('status', CPU, [25, 25, 25]),
    ],
    [null, null, null],
  ],
])('pressure is %s', (_what, metrics, expected) => {
  const byMinute = new Map(rows({ metrics }).map(({ ts, pressure }) => [ts, pressure]));
  expect([0, 60_000, 120_000].map((ts) => byMinute.get(ts) ?? null)).toEqual(expected);
});

test('the target of the whole pod is preferred to that of a container; an average value is no utilization', () => {
  const metrics = [
    metric('spec', { ...CPU, container: 'a' }, [40, 40, 40]),
    metric('spec', CPU, [70, null, 70]),
    metric('spec', { metric_name: 'memory', metric_target_type: 'average' }, [1e9, 1e9, 1e9]),
  ];
  expect(rows({ metrics }).map(({ cpuTarget, memoryTarget }) => [cpuTarget, memoryTarget])).toEqual([
    [70, null],
    [40, null],
    [70, null],
  ]);
});

test('a container that the scrape added is none of the HPA', () => {
  const metrics = [metric('spec', { ...CPU, container: 'ksm' }, [50, 50, 50]), metric('status', CPU, [25, 25, 25])];
  expect(rows({ metrics }, { approximate: false, scraperContainers: new Set(['ksm']) })[0]?.pressure).toBe(0.5);
});
