import type { ScaleTarget } from '../domain/hpa.ts';
import { localId } from '../domain/hpa.ts';
import { emptySample, hasValue, type Column, type Sample } from '../domain/sample.ts';
import { pointsIn, type Window } from '../domain/window.ts';
import type { Series } from '../prometheus/prometheus.ts';
import type { QueryName } from '../prometheus/queries.ts';
import { MetricBook } from './metric-book.ts';

/** An HPA whose samples are wanted. */
export type TrackedHpa = { id: number; namespace: string; hpa: string; target: ScaleTarget | null };

/** What came back for each query; a query that was not asked or was refused is absent. */
export type Answers = Partial<Record<QueryName, Series[]>>;

export type AssembleOptions = {
  /** Pods were found by the shape of their names. */
  approximate: boolean;
  /** Values of the label `container` that the scrape of kube-state-metrics itself put on its series. */
  scraperContainers: ReadonlySet<string>;
};

const REPLICA_COLUMNS = new Map<string, Column>(
  Object.entries({
    kube_horizontalpodautoscaler_status_current_replicas: 'replicasCurrent',
    kube_horizontalpodautoscaler_status_desired_replicas: 'replicasDesired',
    kube_horizontalpodautoscaler_spec_min_replicas: 'replicasMin',
    kube_horizontalpodautoscaler_spec_max_replicas: 'replicasMax',
  } as const),
);

const CONDITION_COLUMNS = new Map<string, Column>(
  Object.entries({
    ScalingActive: 'scalingActive',
    ScalingLimited: 'scalingLimited',
  } as const),
);

/**
 * Answers -> samples per HPA on the window's grid, ascending; minutes of which nothing is known are left out. Series of objects
 * that were not asked for (a grouped query matches the cross product of names) are ignored; one workload may serve several HPAs.
 */
export function assemble(
  hpas: readonly TrackedHpa[],
  window: Window,
  answers: Answers,
  { approximate, scraperContainers }: AssembleOptions,
): Map<number, Sample[]> {
  const grids = new Map(hpas.map((hpa) => [hpa.id, gridOf(window)]));
  const byHpa = new Map(hpas.map((hpa) => [localId(hpa), hpa.id]));
  const byWorkload = groupByWorkload(hpas);
  const hpaIdOf = ({ labels }: Series) =>
    byHpa.get(`${labels.namespace ?? ''}/${labels.horizontalpodautoscaler ?? ''}`);
  const workloadHpasOf = ({ labels }: Series) => byWorkload.get(workloadId(labels)) ?? [];

  const put = (id: number | undefined, series: Series, set: (sample: Sample, value: number) => void) => {
    const grid = id === undefined ? undefined : grids.get(id);
    if (grid) eachPoint(series, window, (index, value) => set(grid[index] as Sample, value));
  };

  for (const series of answers.replicas ?? []) {
    const column = REPLICA_COLUMNS.get(series.labels.__name__ ?? '');
    if (column) put(hpaIdOf(series), series, (sample, value) => (sample[column] = value));
  }
  for (const series of answers.conditions ?? []) {
    const column = CONDITION_COLUMNS.get(series.labels.condition ?? '');
    if (column) put(hpaIdOf(series), series, (sample, value) => (sample[column] = value));
  }
  const perWorkload: [QueryName, (sample: Sample, value: number) => void][] = [
    ['ready', (sample, value) => (sample.replicasReady = value)],
    ['memory', (sample, value) => (sample.memoryCurrent = value)],
    ['memory_utilization', (sample, value) => (sample.memoryUtilization = value)],
    [
      'cpu',
      (sample, value) => {
        sample.cpuCurrent = value;
        sample.cpuBasis = 'request';
      },
    ],
    [
      'cpu_core',
      (sample, value) => {
        // Who has a request at this instant is judged by it.
        if (sample.cpuBasis === 'request') return;
        sample.cpuCurrent = value;
        sample.cpuBasis = 'core';
      },
    ],
  ];
  for (const [name, set] of perWorkload) {
    for (const series of answers[name] ?? []) {
      for (const id of workloadHpasOf(series)) {
        put(id, series, (sample, value) => {
          set(sample, value);
          if (approximate && name !== 'ready') sample.approximate = true;
        });
      }
    }
  }
  putMetrics(answers.metrics ?? [], hpaIdOf, grids, window, scraperContainers);
  return new Map([...grids].map(([id, grid]) => [id, grid.filter(hasValue)]));
}

function putMetrics(
  all: readonly Series[],
  hpaIdOf: (series: Series) => number | undefined,
  grids: ReadonlyMap<number, Sample[]>,
  window: Window,
  scraperContainers: ReadonlySet<string>,
): void {
  const books = new Map<number, MetricBook>();
  for (const series of all) {
    const id = hpaIdOf(series);
    if (id === undefined) continue;
    const book = books.get(id) ?? new MetricBook(pointsIn(window), scraperContainers);
    books.set(id, book);
    const column = book.columnFor(series.labels);
    eachPoint(series, window, (index, value) => {
      // Scrapers that differ in their own labels count once, as `max by` has it.
      column[index] = Number.isNaN(column[index]) ? value : Math.max(column[index] as number, value);
    });
  }
  for (const [id, book] of books) {
    const pressure = book.pressure();
    grids.get(id)?.forEach((sample, index) => {
      sample.pressure = pressure[index] ?? null;
      sample.cpuTarget = book.utilizationTarget('cpu', index);
      sample.memoryTarget = book.utilizationTarget('memory', index);
    });
  }
}

const gridOf = (window: Window): Sample[] =>
  Array.from({ length: pointsIn(window) }, (_, index) => emptySample(window.start + index * window.stepMs));

function eachPoint({ times, values }: Series, window: Window, visit: (index: number, value: number) => void): void {
  for (let i = 0; i < times.length; i += 1) {
    const ts = times[i] as number;
    const index = (ts - window.start) / window.stepMs;
    if (Number.isInteger(index) && ts >= window.start && ts <= window.end) visit(index, values[i] as number);
  }
}

/** The workload that a series of a usage query is about. */
export const workloadId = ({ namespace = '', owner_kind: kind = '', owner_name: name = '' }: Series['labels']) =>
  `${namespace}/${kind}/${name}`;

/** Ids of the HPAs by their target. */
export function groupByWorkload(hpas: readonly TrackedHpa[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const { id, namespace, target } of hpas) {
    if (target === null) continue;
    const key = workloadId({ namespace, owner_kind: target.kind, owner_name: target.name });
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  return groups;
}
