import type { Maybe } from '../domain/sample.ts';
import type { Series } from '../prometheus/prometheus.ts';

type Variant = { name: string; type: string; container: string; values: Float64Array };

/**
 * The metrics of one HPA over a window: targets (spec) and current values (status), each a column on the grid, NaN where
 * missing.
 */
export class MetricBook {
  readonly #points: number;
  readonly #scraperContainers: ReadonlySet<string>;
  readonly #spec: Variant[] = [];
  readonly #status: Variant[] = [];

  constructor(points: number, scraperContainers: ReadonlySet<string>) {
    this.#points = points;
    this.#scraperContainers = scraperContainers;
  }

  /** The column that a series of `kube_horizontalpodautoscaler_{spec,status}_target_metric` belongs to. */
  columnFor(labels: Series['labels']): Float64Array {
    const side = labels.__name__?.includes('_status_') ? this.#status : this.#spec;
    const name = labels.metric_name ?? '';
    const type = labels.metric_target_type ?? '';
    const told = labels.container ?? '';
    const container = this.#scraperContainers.has(told) ? '' : told;
    const known = side.find((v) => v.name === name && v.type === type && v.container === container);
    if (known) return known.values;
    const values = new Float64Array(this.#points).fill(NaN);
    side.push({ name, type, container, values });
    return values;
  }

  /**
   * Per instant the largest current/target over all metrics; null where no metric has both or none is finite (a target of 0).
   * Joined on metric name, target type and container; where only one side tells the container, on the one target there is.
   */
  pressure(): Maybe[] {
    const largest = new Float64Array(this.#points).fill(NaN);
    for (const status of this.#status) {
      const target = this.#targetOf(status);
      if (!target) continue;
      for (let i = 0; i < this.#points; i += 1) {
        const ratio = (status.values[i] as number) / (target.values[i] as number);
        if (Number.isFinite(ratio) && !(ratio <= (largest[i] as number))) largest[i] = ratio;
      }
    }
    return Array.from(largest, (value) => (Number.isNaN(value) ? null : value));
  }

  #targetOf(status: Variant): Variant | undefined {
    const same = this.#spec.filter(({ name, type }) => name === status.name && type === status.type);
    const exact = same.find(({ container }) => container === status.container);
    if (exact) return exact;
    const oneSided = same[0]?.container === '' || status.container === '';
    return same.length === 1 && oneSided ? same[0] : undefined;
  }

  /** The utilization target of a resource in %: that of the whole pod, else of a container; null where there is none. */
  utilizationTarget(resource: 'cpu' | 'memory', index: number): Maybe {
    const targets = this.#spec
      .filter(({ name, type, values }) => name === resource && type === 'utilization' && !Number.isNaN(values[index]))
      .sort((a, b) => (a.container < b.container ? -1 : 1));
    return targets[0]?.values[index] ?? null;
  }
}
