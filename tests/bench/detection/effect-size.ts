import { DAY, MINUTE } from '../../../agent/src/core/clock.ts';
import type { Sample } from '../../../agent/src/domain/sample.ts';
import type { Span } from './score.ts';

const METRICS = ['cpuCurrent', 'memoryCurrent', 'replicasCurrent', 'pressure'] as const;
type Metric = (typeof METRICS)[number];

/** The smallest change that matters; of memory it is a share of the usual value. */
const FLOOR: Record<Metric, number> = { cpuCurrent: 2, memoryCurrent: 0, replicasCurrent: 1, pressure: 0.1 };
const MEMORY_FLOOR_SHARE = 0.02;
/** Share of the clean values that lie within the band. */
const WITHIN = 0.99;
const SLOT_MS = 15 * MINUTE;
/** For so long a deviation has to last to count with its size. */
export const LASTING_MINUTES = 20;

const isWeekend = (at: number): boolean => [0, 6].includes(new Date(at).getUTCDay());
const slotOf = (at: number): number => Math.floor((at % DAY) / SLOT_MS) + (isWeekend(at) ? DAY / SLOT_MS : 0);

function quantile(values: readonly number[], share: number): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.min(ordered.length - 1, Math.floor(share * ordered.length))] ?? NaN;
}

/**
 * Half the width of the band of each metric, from the same days without any incident: how far 99 % of the values stay from the median of
 * their time of day (working days and weekends apart), and no less than the smallest change that matters. No detector has a part in it.
 */
export function halfWidths(clean: readonly Sample[]): Record<Metric, number> {
  const widthOf = (metric: Metric): number => {
    const slots = new Map<number, number[]>();
    for (const sample of clean) {
      const value = sample[metric];
      if (value === null) continue;
      const slot = slotOf(sample.ts);
      const known = slots.get(slot);
      if (known === undefined) slots.set(slot, [value]);
      else known.push(value);
    }
    const residuals: number[] = [];
    const levels: number[] = [];
    for (const values of slots.values()) {
      const median = quantile(values, 0.5);
      levels.push(median);
      for (const value of values) residuals.push(Math.abs(value - median));
    }
    const floor = metric === 'memoryCurrent' ? MEMORY_FLOOR_SHARE * quantile(levels, 0.5) : FLOOR[metric];
    return residuals.length === 0 ? NaN : Math.max(floor, quantile(residuals, WITHIN));
  };
  return {
    cpuCurrent: widthOf('cpuCurrent'),
    memoryCurrent: widthOf('memoryCurrent'),
    replicasCurrent: widthOf('replicasCurrent'),
    pressure: widthOf('pressure'),
  };
}

/**
 * How large what happened in `span` was, in half-widths of the band: the size that one of the metrics departed by, or more, from what would
 * have been, for 20 minutes of it. 0 where the span is shorter than that.
 */
export function effectSize(
  span: Span,
  real: ReadonlyMap<number, Sample>,
  clean: ReadonlyMap<number, Sample>,
  widths: Record<Metric, number>,
): number {
  let size = 0;
  for (const metric of METRICS) {
    const departures: number[] = [];
    for (let at = Math.ceil(span.start / MINUTE) * MINUTE; at <= span.end; at += MINUTE) {
      const [value, usual] = [real.get(at)?.[metric], clean.get(at)?.[metric]];
      if (value !== null && value !== undefined && usual !== null && usual !== undefined)
        departures.push(Math.abs(value - usual) / widths[metric]);
    }
    const lasting = departures.sort((a, b) => b - a)[LASTING_MINUTES - 1];
    if (lasting !== undefined && lasting > size) size = lasting;
  }
  return size;
}
